import type { Call, ModelInfo, ProviderBase, ProviderBatch } from '@inferway/core';
import type { RequestHeaders } from '../transport/http-request.js';
import type { Connection } from './connection.js';
import type { Endpoints } from './endpoint.js';
import type { Identity } from './identity.js';

/** Discovery over one listing. */
export interface ModelListingSettings {
  /** Beneath the base URL. */
  readonly path: string;
  /** Reads one page. */
  readonly decode: (body: unknown, provider: string) => readonly ModelInfo[];
  /** The path of the page after `body`, while there is one. */
  readonly next?: ((body: unknown) => string | undefined) | undefined;
}

/** All that `defineProvider` must know of a provider. */
export interface Profile<Name extends string, E extends Endpoints> extends Identity<Name> {
  readonly endpoints: E;
  /** Sent with one call, over the others. */
  readonly callHeaders?: ((call: Call) => RequestHeaders | undefined) | undefined;
  readonly models?: ModelListingSettings | undefined;
  /** The provider's batch API. */
  readonly batch?: ((connection: Connection) => ProviderBatch) | undefined;
  /** Of operations whose formats bring none. */
  readonly traits?: ProviderBase['traits'];
}
