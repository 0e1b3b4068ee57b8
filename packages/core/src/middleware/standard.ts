import type { Middleware } from '../middleware.js';
import { badOption } from '../option-checks.js';
import { auth } from './auth/auth.js';
import { cost } from './cost/cost.js';
import { fallback, type FallbackOptions } from './fallback/fallback.js';
import { withoutRoutes } from './fallback/without-routes.js';
import type { LimitPlace } from './limit/limit-error.js';
import { checkPlace } from './limit/limit-place.js';
import { homesOf, ORDER } from './order.js';
import type { Slot, StandardOptions } from './standard-options.js';
import { retry } from './retry/retry.js';
import { timeout } from './timeout/timeout.js';

/**
 * The canonical order (law 7), outermost first: outer → idempotency → guard → cache → coalesce → ledger → budget → callerLimits → resume → route →
 * fallback → hedge → retry → limits → breaker → promptCache → cost → timeout → auth → credentialLimits.
 */
export function standard(options: StandardOptions = {}): readonly Middleware[] {
  const filled: StandardOptions = {
    ...options,
    retry: options.retry ?? {},
    cost: options.cost ?? {},
    timeout: options.timeout ?? {},
  };
  return ORDER.flatMap(([place], index) => {
    const filling = filled[place];
    const make: ((options: never) => Middleware) | undefined = MAKERS[place];
    if (make !== undefined && !isSlot(filling)) return make(filling as never);
    return place === 'outer' ? (filled.outer ?? []) : given(place, index, filling as Slot);
  });
}

/** The small layers, which take their options. */
const MAKERS: { readonly [P in keyof StandardOptions]?: (options: never) => Middleware } = {
  fallback: (targets: FallbackOptions) => fallback(withoutRoutes(targets)),
  retry,
  cost,
  timeout,
  auth,
};

const LIMIT_PLACES: { readonly [P in keyof StandardOptions]?: LimitPlace } = {
  callerLimits: 'caller',
  limits: 'target',
  credentialLimits: 'target',
};

function given(place: keyof StandardOptions, index: number, slot: Slot): readonly Middleware[] {
  if (slot === undefined || slot === false) return [];
  const layers = typeof slot === 'function' ? [slot] : slot;
  if (Array.isArray(layers) && layers.every((layer) => typeof layer === 'function')) {
    const limits = LIMIT_PLACES[place];
    if (limits !== undefined) checkPlace(place, limits, layers);
    for (const layer of layers) checkHome(place, index, layer);
    return layers;
  }
  throw badOption(
    place,
    `standard: ${place} is no layer. Give one that is made, such as ${place}: ${place}({ … }), or a list of them, or false.`,
  );
}

function checkHome(place: string, index: number, layer: Middleware): void {
  const homes = homesOf(layer);
  if (homes.length === 0 || homes.includes(index)) return;
  throw badOption(
    place,
    `standard: ${place} got ${layer.name}(…), which cannot keep its promise in that place. Give it as "${homes.map((home) => ORDER[home]?.[0]).join('" or "')}".`,
  );
}

function isSlot(options: object | false | undefined): options is Slot {
  return typeof options !== 'object' || Array.isArray(options);
}
