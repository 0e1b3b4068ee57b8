import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import { inTurn } from '../../in-turn.js';
import type { Middleware } from '../../middleware.js';
import { formatModel, type Model } from '../../model.js';
import { checkFunction } from '../../option-checks.js';
import { planOf, type FallbackChoice, type FallbackTable } from './fallback-plan.js';
import type { FallbackTarget, Target } from '../target-list.js';
import '../../fallback-event.js';

export interface FallbackOptions {
  /** One list for all models, a list for each asked model, or a function that gives one. */
  readonly targets: readonly FallbackTarget[] | FallbackTable | FallbackChoice;
  /** Whether an error of one target leads to the next. Default: `error.fallbackable`. */
  readonly on?: ((error: InferwayError, call: Call) => boolean) | undefined;
}

/**
 * Goes on to other models when one fails before its first content; after it, never (law 1). The asked model comes first, then the
 * targets in order; one that was tried already is left out. Lists are not chained: a target's own list plays no part. A target whose rule does not take an error is passed over.
 *
 * When all fail, the error of the first is thrown: its `attempts` holds the whole chain and its `failures` the error of each target.
 *
 * @throws {InferwayError} `configuration`, when built, for an empty list, a malformed model, or a model that falls back to itself.
 */
export function fallback(...targets: readonly FallbackTarget[]): Middleware;
export function fallback(options: FallbackOptions): Middleware;
export function fallback(
  ...given: readonly [FallbackOptions] | readonly FallbackTarget[]
): Middleware {
  const [first] = given;
  const options: FallbackOptions = isOptions(first)
    ? first
    : { targets: given as readonly FallbackTarget[] };
  const plan = planOf(options.targets);
  const on = checkFunction('fallback', 'on', options.on) ?? ((error) => error.fallbackable);

  return function fallback(call, next) {
    let targets: readonly Target[];
    try {
      targets = without(plan(call), call.model);
    } catch (reason) {
      return Promise.reject(reason);
    }
    if (targets.length === 0) return next(call);
    const asked: Target = { name: formatModel(call.model), model: call.model };
    return inTurn(call, [asked, ...targets], {
      send: next,
      leadsTo: (target, error, _failed, current) => target.when?.(error) ?? on(error, current),
    });
  };
}

function isOptions(given: FallbackOptions | FallbackTarget | undefined): given is FallbackOptions {
  return typeof given === 'object' && given !== null && 'targets' in given;
}

// The common list does not hold the model that was asked for, and is used as it is.
function without(targets: readonly Target[], asked: Model): readonly Target[] {
  const isAsked = ({ model }: Target): boolean =>
    model.id === asked.id && model.provider === asked.provider;
  return targets.some(isAsked) ? targets.filter((target) => !isAsked(target)) : targets;
}
