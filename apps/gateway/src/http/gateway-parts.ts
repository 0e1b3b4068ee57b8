import type { ClientBase, Clock } from '@inferway/core';
import type { ModelDirectory } from '../models/model-directory.js';
import type { ModelNames } from '../models/model-names.js';
import type { RoutedNames } from '../models/routed-names.js';
import type { Marks } from './answer-headers.js';
import type { Heartbeat } from './heartbeat.js';
import type { InputLimits } from './input-limits.js';
import type { KeyRing } from './key-ring.js';
import type { Redact } from './redact.js';

/** What the handlers of the routes work with; made once by `createGateway`. */
export interface GatewayParts {
  readonly client: ClientBase;
  readonly keys: KeyRing;
  readonly names: ModelNames;
  readonly directory: ModelDirectory;
  readonly limits: InputLimits;
  /** Whether the `user` of a request is the caller's user in the ledger. */
  readonly reportUsers: boolean;
  /** Whether the chain executes a call with an idempotency key once. */
  readonly idempotency: boolean;
  /** Names that `/v1/models` lists beside aliases and what providers list. */
  readonly routed: RoutedNames;
  readonly clock: Clock;
  readonly heartbeat: Heartbeat;
  /** Headers on every answer of some providers, by the provider's name. */
  readonly marks: Marks;
  readonly redact: Redact;
  /** Told of failures that are our own fault, for the operator. */
  readonly report: (reason: unknown) => void;
}
