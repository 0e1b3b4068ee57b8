import { observeAttempts, type BeginAttempt } from '../../attempt-observer.js';
import type { Call } from '../../call.js';
import { caller as callerKey, type Caller } from '../../caller.js';
import { systemClock } from '../../clock.js';
import type { Middleware } from '../../middleware.js';
import { parseModel, type Model } from '../../model.js';
import { State, stateKey } from '../../state.js';
import './budget-events.js';
import { readBudgetOptions, type BudgetOptions } from './budget-options.js';
import type { BudgetState } from './budget-state.js';
import { Purse } from './purse.js';

/** The layer, which can also be asked how its budgets stand. */
export interface BudgetMiddleware extends Middleware {
  /**
   * How the budgets stand that the calls of `who` count in, to `model` where some are told apart by that. Takes nothing; one round trip.
   * Fails as the store fails.
   */
  states(who?: Caller, model?: string | Model): Promise<readonly BudgetState[]>;
}

/**
 * Keeps spend within budgets, over all processes that share the store. Each attempt holds, before it is sent and in one round trip for all of
 * its budgets, what it can cost at most at its own model's price; at its end that is replaced by what it cost (`Attempt.cost`, so `cost` must be
 * in the chain: without it, all that was held counts as spent). Attempts that failed and are billed, that were cancelled, or that lost a hedge
 * are counted too, each once.
 *
 * Stands outside of `fallback` and refuses there at once what it knows to be used up. A refusal is `budget`: nothing was sent, and neither a
 * retry nor another target follows.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function budget(options: BudgetOptions): BudgetMiddleware {
  const purse = new Purse(readBudgetOptions(options));
  // Where the layer is met more than once in a call, it stands around each attempt once.
  const installed = stateKey<boolean>('budget is installed');

  const hold: BeginAttempt = (call, attempt) => purse.reserve(call, attempt);

  const layer: Middleware = function budget(call, next) {
    const refusal = purse.precheck(call);
    if (refusal !== undefined) return Promise.reject(refusal);
    if (call.state.get(installed) !== true) {
      call.state.set(installed, true);
      observeAttempts(call.state, hold);
    }
    return next(call);
  };
  return Object.assign(layer, {
    states: (who: Caller = {}, model: string | Model = { provider: '', id: '' }) => {
      const state = new State({ clock: systemClock, traits: () => undefined });
      state.set(callerKey, who);
      const asked = typeof model === 'string' ? parseModel(model) : model;
      return purse.states({ state, model: asked } as Call);
    },
  });
}
