import type { Middleware } from '../middleware.js';
import type { AuthSources } from './auth/auth.js';
import type { CostOptions } from './cost/cost.js';
import type { FallbackOptions } from './fallback/fallback.js';
import type { RetryOptions } from './retry/retry.js';
import type { TimeoutOptions } from './timeout/timeout-limits.js';

/** One or more layers that are already made, or none. */
export type Slot = Middleware | readonly Middleware[] | false | undefined;

/**
 * What stands in each place of the canonical order; `false` leaves it out. `retry`, `cost` and `timeout` are there by default, the others where
 * they are given. The small layers take their options; the others are given made, so that a program loads only those it uses.
 */
export interface StandardOptions {
  /** Around all of it, outermost first: traces, metrics, `monitor`. */
  readonly outer?: readonly Middleware[] | undefined;
  /** Executes a call that names a key once. Outside of all that counts: a repeat costs nothing. */
  readonly idempotency?: Slot;
  /** Checks of requests and answers; also of answers that a cache gives. */
  readonly guard?: Slot;
  readonly cache?: Slot;
  readonly coalesce?: Slot;
  /** Writes down what each attempt cost. */
  readonly ledger?: Slot;
  readonly budget?: Slot;
  /** Limits on callers: counted once a call, however many attempts it takes. */
  readonly callerLimits?: Slot;
  /** What goes on after a failure in mid-stream. */
  readonly resume?: Slot;
  readonly route?: Slot;
  readonly fallback?: FallbackOptions | Slot;
  readonly hedge?: Slot;
  readonly retry?: RetryOptions | Slot;
  /** Limits on providers and models: counted once an attempt. */
  readonly limits?: Slot;
  readonly breaker?: Slot;
  /** Uses the providers' own prompt caches; inside of all that chooses a provider. */
  readonly promptCache?: Slot;
  /** Without prices it knows only what providers report. */
  readonly cost?: CostOptions | Slot;
  readonly timeout?: TimeoutOptions | Slot;
  /** Without it providers use their own keys. */
  readonly auth?: AuthSources | Slot;
  /** Limits on single credentials, such as `learnLimits`: inside of `auth`, which goes on with another one. */
  readonly credentialLimits?: Slot;
}
