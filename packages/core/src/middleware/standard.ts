import type { Middleware } from '../middleware.js';
import { badOption } from '../option-checks.js';
import { auth, type AuthSources } from './auth/auth.js';
import { cost, type CostOptions } from './cost/cost.js';
import { fallback, type FallbackOptions } from './fallback/fallback.js';
import { withoutRoutes } from './fallback/without-routes.js';
import { checkPlace } from './limit/limit-place.js';
import { retry, type RetryOptions } from './retry/retry.js';
import { timeout } from './timeout/timeout.js';
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

/**
 * The canonical order (law 7), outermost first: outer → guard → cache → coalesce → ledger → budget → callerLimits → resume → route → fallback →
 * hedge → retry → limits → breaker → promptCache → cost → timeout → auth → credentialLimits.
 */
export function standard(options: StandardOptions = {}): readonly Middleware[] {
  return [
    ...(options.outer ?? []),
    ...given('guard', options.guard),
    ...given('cache', options.cache),
    ...given('coalesce', options.coalesce),
    ...given('ledger', options.ledger),
    ...given('budget', options.budget),
    ...checkPlace('callerLimits', 'caller', given('callerLimits', options.callerLimits)),
    ...given('resume', options.resume),
    ...given('route', options.route),
    ...layer('fallback', options.fallback, (targets: FallbackOptions) =>
      fallback(withoutRoutes(targets)),
    ),
    ...given('hedge', options.hedge),
    ...layer('retry', options.retry ?? {}, retry),
    ...checkPlace('limits', 'target', given('limits', options.limits)),
    ...given('breaker', options.breaker),
    ...given('promptCache', options.promptCache),
    ...layer('cost', options.cost ?? {}, cost),
    ...layer('timeout', options.timeout ?? {}, timeout),
    ...layer('auth', options.auth, auth),
    ...checkPlace(
      'credentialLimits',
      'target',
      given('credentialLimits', options.credentialLimits),
    ),
  ];
}

const LIMITS = ['callerLimits', 'limits', 'credentialLimits'];

/** Where our own layers belong, by their names: a ledger inside of `cost` would see no cost, a cache inside of `budget` would pay for its hits. */
const HOMES: ReadonlyMap<string, readonly string[]> = new Map([
  ...['guard', 'cache', 'coalesce', 'ledger', 'budget', 'resume', 'route', 'fallback'].map(home),
  ...['hedge', 'retry', 'promptCache', 'cost', 'timeout', 'auth'].map(home),
  ...['limit', 'limitTargets', 'adaptiveConcurrency', 'learnLimits'].map(
    (name) => [name, LIMITS] as const,
  ),
  ['semanticCache', ['cache']],
  ['circuitBreaker', ['breaker']],
]);

function home(name: string): readonly [string, readonly string[]] {
  return [name, [name]];
}

function checkHome(slot: string, layer: Middleware): void {
  const homes = HOMES.get(layer.name);
  if (homes === undefined || homes.includes(slot)) return;
  throw badOption(
    slot,
    `standard: ${slot} got ${layer.name}(…), which cannot keep its promise in that place. Give it as "${homes.join('" or "')}".`,
  );
}

function given(name: string, slot: Slot): readonly Middleware[] {
  if (slot === undefined || slot === false) return [];
  const layers = typeof slot === 'function' ? [slot] : slot;
  if (Array.isArray(layers) && layers.every((layer) => typeof layer === 'function')) {
    for (const layer of layers) checkHome(name, layer);
    return layers;
  }
  throw badOption(
    name,
    `standard: ${name} is no layer. Give one that is made, such as ${name}: ${name}({ … }), or a list of them, or false.`,
  );
}

function layer<O extends object>(
  name: string,
  options: O | Slot,
  make: (options: O) => Middleware,
): readonly Middleware[] {
  return isSlot(options) ? given(name, options) : [make(options)];
}

function isSlot(options: object | false | undefined): options is Slot {
  return typeof options !== 'object' || Array.isArray(options);
}
