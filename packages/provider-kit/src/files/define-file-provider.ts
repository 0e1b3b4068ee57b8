import type { Operation, ProviderOf } from '@inferway/core';
import { connect } from '../provider/connection.js';
import { defineProvider } from '../provider/define-provider.js';
import type { Endpoints } from '../provider/endpoint.js';
import type { Profile } from '../provider/profile.js';
import type { FileSettings } from './file-settings.js';
import { providerFiles, type ProviderFiles } from './provider-files.js';

/** A provider that keeps files: `provider.files` uploads, lists, reads and deletes them. @throws {InferwayError} as `defineProvider`. */
export function defineFileProvider<const Name extends string, const E extends Endpoints>(
  profile: Profile<Name, E>,
  settings?: FileSettings,
): ProviderOf<Name, keyof E & Operation> & { readonly files: ProviderFiles } {
  const connection = connect(profile);
  return {
    ...defineProvider(profile, connection),
    files: providerFiles(connection, settings),
  };
}
