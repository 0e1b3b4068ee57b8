import type { Attempt } from './attempts.js';
import type { Call, CallOf } from './call.js';
import type { Events } from './events.js';
import type { Cost } from './money.js';
import type { EventOf, Operation, ResultOf } from './operations.js';
import type { RateLimitSnapshot } from './rate-limit.js';
import type { Usage } from './usage.js';
import type { Warning } from './warning.js';

/** Milliseconds since the logical call began. */
export interface Timings {
  /** Status and headers arrived. */
  readonly headersMs?: number | undefined;
  /** A unary answer was read to its end. */
  readonly totalMs?: number | undefined;
  /** What the provider says that it needed, by the names it gives. */
  readonly server?: Readonly<Record<string, number>> | undefined;
}

/** Who answered, and how. */
export interface ReplyMeta {
  /** The provider that the client called, by its name in the client. */
  readonly provider: string;
  /** The model id as it was sent. */
  readonly model: string;
  /** Behind a router: the provider that served the call. */
  readonly servedBy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly status?: number | undefined;
  /** Selected response headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly rateLimit?: RateLimitSnapshot | undefined;
  readonly timings?: Timings | undefined;
  /**
   * All attempts of the logical call, also those that are made later; the last one that did not fail gave this reply. Of a hedge, those that
   * lost end as `aborted` a moment after.
   */
  readonly attempts?: readonly Attempt[] | undefined;
  readonly warnings?: readonly Warning[] | undefined;
  /** `hit` when a cache answered in the provider's place. */
  readonly cache?: 'hit' | 'miss' | 'bypass' | undefined;
  /** Of a hit: which cache answered, and with what. */
  readonly cached?: CachedMeta | undefined;
  /** True where the answer was asked for by another call, which this one joined: it costs nothing here. */
  readonly coalesced?: boolean | undefined;
  /** True where an earlier call with the same idempotency key was answered so, and this one was not executed: it costs nothing. */
  readonly replayed?: boolean | undefined;
}

/** What is known of an answer that came from a cache. */
export interface CachedMeta {
  /** `exact`: the same request was answered before; `semantic`: one that means the same. */
  readonly kind: 'exact' | 'semantic';
  /** Past its time, and refreshed behind this answer. */
  readonly stale: boolean;
  /** How long ago the provider gave the answer. */
  readonly ageMs: number;
  /** What asking the provider cost when it was asked; unknown stays unknown (law 9). The tokens are in the reply's usage. */
  readonly saved: Cost;
  /** Of a semantic hit: the cosine of both questions, at most 1. */
  readonly similarity?: number | undefined;
}

export interface UnaryReply<K extends Operation = Operation> {
  readonly stream: false;
  readonly result: ResultOf<K>;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly meta: ReplyMeta;
}

export interface StreamReply<K extends Operation = Operation> {
  readonly stream: true;
  /** The events; usage and cost are on it once it has ended. */
  readonly events: Events<EventOf<K>>;
  readonly meta: ReplyMeta;
}

/** The reply that answers a call of type `C`. */
export type Reply<C = Call> =
  C extends CallOf<infer K, infer S> ? (S extends true ? StreamReply<K> : UnaryReply<K>) : never;

/** A reply of whichever shape and operation, for code that treats all alike. */
export type AnyReply = UnaryReply | StreamReply;
