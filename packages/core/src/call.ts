import type { AttemptClaim } from './attempt-claim.js';
import type { Credential } from './credential.js';
import type { Model } from './model.js';
import type { EventOf, Operation, RequestOf } from './operations.js';
import type { Progress } from './progress.js';
import type { State } from './state.js';

/** One call of one operation in one shape. Immutable: change it by spread, `next({ ...call, model })`. */
export interface CallOf<K extends Operation, S extends boolean> {
  readonly operation: K;
  /** True when the caller wants events, false when one result. */
  readonly stream: S;
  readonly model: Model;
  readonly request: RequestOf<K>;
  /** Aborts this call (this attempt, below a middleware that makes attempts). The reason is an `InferwayError`. */
  readonly signal: AbortSignal;
  /** Shared by all attempts of the logical call. */
  readonly state: State;
  /** Set by `auth`; providers without it use their own key. */
  readonly credential?: Credential | undefined;
  /** The attempt of the budget that is kept back for this call, where a layer sends several side by side. */
  readonly claim?: AttemptClaim | undefined;
  /** Told by the transport; a middleware that adds its own passes on the one it found (`joinProgress`). */
  readonly progress?: Progress | undefined;
}

type Streams<K extends Operation> = [EventOf<K>] extends [never] ? false : boolean;

/** Any call, or the calls of `K` in shape `S`. Testing `call.operation` or `call.stream` narrows it. */
export type Call<K extends Operation = Operation, S extends boolean = boolean> = {
  [P in K]: Streams<P> extends infer B ? (B extends boolean & S ? CallOf<P, B> : never) : never;
}[K];
