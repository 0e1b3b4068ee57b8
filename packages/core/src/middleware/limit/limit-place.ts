import type { Middleware } from '../../middleware.js';
import { badOption } from '../../option-checks.js';
import type { LimitPlace } from './limit-error.js';

const PLACES = new WeakMap<Middleware, LimitPlace>();

/** Remembers whose limits a layer holds, so that the canonical order can refuse it in the other's place. */
export function placed(layer: Middleware, place: LimitPlace): Middleware {
  PLACES.set(layer, place);
  return layer;
}

/** @throws {InferwayError} `configuration` for limits on targets in the callers' place, or the other way round. */
export function checkPlace(slot: string, place: LimitPlace, layers: readonly Middleware[]): void {
  for (const layer of layers) {
    const meant = PLACES.get(layer);
    if (meant === undefined || meant === place) continue;
    throw badOption(
      slot,
      meant === 'target'
        ? `standard: ${slot} got ${layer.name}(…), which limits targets and would let no fallback follow. Use limit(…) here, or give it as "limits".`
        : `standard: ${slot} got ${layer.name}(…), which limits callers and would count each attempt. Use limitTargets(…) here, or give it as "callerLimits".`,
    );
  }
}
