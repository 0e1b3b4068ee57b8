import type { Clock, Credential, Model, Progress, State } from '@inferway/core';
import type { Transport } from '../transport/transport.js';
import type { BaseUrl } from './base-url.js';
import type { Identity } from './identity.js';
import type { ProviderKey } from './provider-key.js';

/** How a provider is reached: all that a session needs of a connection. */
export interface Reach {
  readonly identity: Identity;
  readonly base: BaseUrl;
  readonly key: ProviderKey;
  readonly transport: Transport;
  /** The header that tells the server of the call's remaining time, where there is one. */
  readonly deadlineHeader?: string | undefined;
}

/** For what exchanges are made: a call, or whatever else has a signal. */
export interface SessionContext {
  readonly signal: AbortSignal;
  /** Default: the provider's own key. */
  readonly credential?: Credential | undefined;
  readonly progress?: Progress | undefined;
  readonly model?: Model | undefined;
  /** Of a call: its clock and when it began. */
  readonly state?: State | undefined;
  /** Where there is no call. Default: the system's. */
  readonly clock?: Clock | undefined;
}
