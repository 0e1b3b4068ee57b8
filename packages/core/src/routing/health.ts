import { badOption } from '../option-checks.js';
import type { Call } from '../call.js';
import type { Model } from '../model.js';

/** A layer that knows the state of targets, as `circuitBreaker` does: an open one rests. */
export interface KnowsState {
  stateOf(call: Call): string;
}

/** Says why a target had better be left alone now (`no key is free`), or undefined where it is well. `call` names it as its model. */
export type TargetCheck = (model: Model, call: Call) => string | undefined;

/**
 * Who says which targets rest. A resting target is never taken out: it goes behind the others, so that it is tried when all else failed, and
 * whoever watches over it decides whether it is reached.
 */
export type TargetHealth = KnowsState | TargetCheck;

/** One that asks all that are given: the first reason found. */
export function readHealth(
  given: TargetHealth | readonly TargetHealth[] | undefined,
): TargetCheck | undefined {
  if (given === undefined) return undefined;
  if (!isList(given)) return readOne(given);
  const checks = given.map(readOne);
  return (model, call) => {
    for (const check of checks) {
      const why = check(model, call);
      if (why !== undefined) return why;
    }
    return undefined;
  };
}

function isList(given: TargetHealth | readonly TargetHealth[]): given is readonly TargetHealth[] {
  return Array.isArray(given);
}

// A circuit breaker is a function too: its middleware.
function readOne(health: TargetHealth): TargetCheck {
  if (typeof health !== 'function' && typeof Object(health).stateOf !== 'function') {
    throw badOption(
      'health',
      'createRouter: health cannot say how targets are. Give a circuitBreaker(), or (model, call) => why it rests.',
    );
  }
  if (!('stateOf' in health)) return health;
  return (_model, call) =>
    health.stateOf(call) === 'open' ? 'its circuit breaker is open' : undefined;
}
