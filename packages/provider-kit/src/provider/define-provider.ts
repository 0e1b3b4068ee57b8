import type { Operation, OperationTraits, ProviderOf } from '@inferway/core';
import { connect, type Connection } from './connection.js';
import type { Endpoint, EndpointChoice, Endpoints } from './endpoint.js';
import { listModels, nameListingError } from './list-models.js';
import { operate } from './operate.js';
import type { Profile } from './profile.js';

/**
 * Makes a provider of a profile: a plain object with one function for each of its endpoints.
 *
 * @param connection The profile's own, where the adapter uses it for other things too.
 * @throws {InferwayError} `configuration` for a bad base URL, key or header.
 */
export function defineProvider<const Name extends string, const E extends Endpoints>(
  profile: Profile<Name, E>,
  connection: Connection = connect(profile),
): ProviderOf<Name, keyof E & Operation> {
  const provider: Record<string, unknown> = { name: profile.name };
  const traits: Record<string, OperationTraits<never> | undefined> = {};
  for (const [operation, settings] of Object.entries(profile.endpoints)) {
    const served = settings as unknown as Endpoint | EndpointChoice;
    provider[operation] = operate(connection, served, profile.callHeaders);
    const [first] = 'among' in served ? served.among : [served];
    if (first?.format.traits !== undefined) traits[operation] = first.format.traits as never;
  }
  provider.traits = { ...traits, ...profile.traits };
  if (profile.batch !== undefined) provider.batch = profile.batch(connection);
  const { models } = profile;
  if (models !== undefined) {
    provider.models = async (options?: { readonly signal?: AbortSignal }) => {
      try {
        return await listModels(connection, models, options?.signal);
      } catch (reason) {
        throw nameListingError(reason, profile.name);
      }
    };
  }
  provider.close = () => connection.transport.close();
  return provider as unknown as ProviderOf<Name, keyof E & Operation>;
}
