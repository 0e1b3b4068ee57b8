import type { Middleware } from '../middleware.js';
import { auth, type AuthSources } from './auth/auth.js';
import { cache, type CacheOptions } from './cache/cache.js';
import { cost, type CostOptions } from './cost/cost.js';
import { fallback, type FallbackOptions } from './fallback/fallback.js';
import { retry, type RetryOptions } from './retry/retry.js';
import { timeout } from './timeout/timeout.js';
import type { TimeoutOptions } from './timeout/timeout-limits.js';

/** Options of each layer; `false` leaves it out. */
export interface StandardOptions {
  /** Around all of it, outermost first: traces, metrics. */
  readonly outer?: readonly Middleware[] | undefined;
  /** Left out by default: it needs a scope. */
  readonly cache?: CacheOptions | false | undefined;
  /** Left out by default: it needs targets. */
  readonly fallback?: FallbackOptions | false | undefined;
  /** There by default. */
  readonly retry?: RetryOptions | false | undefined;
  /** There by default; without prices it knows only what providers report. */
  readonly cost?: CostOptions | false | undefined;
  /** There by default. */
  readonly timeout?: TimeoutOptions | false | undefined;
  /** Left out by default: providers then use their own keys. */
  readonly auth?: AuthSources | false | undefined;
}

/** The canonical order (law 7): outer → cache → fallback → retry → cost → timeout → auth. The first is outermost. */
export function standard(options: StandardOptions = {}): readonly Middleware[] {
  return [
    ...(options.outer ?? []),
    ...layer(options.cache, cache),
    ...layer(options.fallback, (given: FallbackOptions) => fallback(given)),
    ...layer(options.retry ?? {}, retry),
    ...layer(options.cost ?? {}, cost),
    ...layer(options.timeout ?? {}, timeout),
    ...layer(options.auth, auth),
  ];
}

function layer<O>(options: O | false | undefined, make: (options: O) => Middleware): Middleware[] {
  return options === undefined || options === false ? [] : [make(options)];
}
