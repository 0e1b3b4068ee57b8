import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { remainingMs } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import type { Model } from '../../model.js';
import { primed } from '../../primed.js';
import type { AnyReply } from '../../reply.js';
import { abortReason } from '../../signal.js';
import { planOf, type FallbackChoice, type FallbackTable } from './fallback-plan.js';
import type { FallbackTarget, Target } from './fallback-target.js';

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
  const on = options.on ?? ((error) => error.fallbackable);

  return async function fallback(call, next) {
    const targets = without(plan(call), call.model);
    if (targets.length === 0) return next(call);

    const budget = attemptBudget(call.state);
    // What a fallback further out keeps back is not ours to use.
    const outside = budget.reserved;
    const failures: InferwayError[] = [];
    let current = call;
    let position = 0;
    try {
      for (;;) {
        budget.reserved = outside + targets.length - position;
        try {
          const reply: AnyReply = await next(current);
          return reply.stream ? await primed(reply, current) : reply;
        } catch (reason) {
          const error = InferwayError.from(reason);
          if (call.signal.aborted) throw abortReason(call.signal);
          failures.push(error);
          const leadsTo = (target: Target): boolean => target.when?.(error) ?? on(error, current);
          while (position < targets.length && !leadsTo(targets[position] as Target)) position++;
          const target = targets[position++];
          if (
            target === undefined ||
            budget.made.length + outside >= budget.limit ||
            remainingMs(call.state) <= 0
          ) {
            throw firstOf(failures, error);
          }
          current = { ...call, model: target.model };
        }
      }
    } finally {
      budget.reserved = outside;
    }
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

function firstOf(failures: readonly InferwayError[], last: InferwayError): InferwayError {
  const first = failures[0] ?? last;
  if (failures.length > 1) first.failures = failures;
  return first;
}
