import { capturesContent, type ContentOptions } from './content-capture.js';
import { chooseProfile, type Profile } from './profile.js';
import { readServers, type ServerAddresses } from './server-address.js';
import type { TraceOptions } from './trace-options.js';

/** `TraceOptions` with the environment and the defaults worked in, once. */
export interface SpanSettings {
  readonly attempts: boolean;
  readonly pipeline: boolean | 'auto';
  readonly profile: Profile;
  readonly costAliases: boolean;
  readonly captureContent: boolean;
  readonly redact: ContentOptions['redact'];
  readonly attributes: TraceOptions['attributes'];
  readonly servers: ServerAddresses;
}

export function spanSettings(options: TraceOptions): SpanSettings {
  return {
    attempts: options.attempts ?? true,
    pipeline: options.pipeline ?? 'auto',
    profile: chooseProfile(options.profile),
    costAliases: options.costAliases ?? false,
    captureContent: capturesContent(options.captureContent),
    redact: options.redact,
    attributes: options.attributes,
    servers: readServers(options.servers),
  };
}
