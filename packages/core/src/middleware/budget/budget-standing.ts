import type { Call } from '../../call.js';
import { callerOf } from '../../caller.js';
import { callerStanding, tellStanding, type Standing } from '../../caller-standing.js';
import type { QuotaHold, QuotaState } from '../../stores/quota-store.js';
import type { Counter } from './budget-rule.js';

/** Tells whoever asked how the budgets of the caller's own stand; `told` is what the store said of them, or what can be asked for it. */
export function noteStanding(
  call: Call,
  layer: object,
  counters: readonly Counter[],
  told: readonly QuotaState[] | QuotaHold,
): void {
  const listener = call.state.get(callerStanding);
  if (listener === undefined) return;
  const who = callerOf(call.state);
  tellStanding(listener, layer, () => {
    const states = 'states' in told ? told.states() : told;
    return counters.flatMap(({ budget, limit }, index): readonly Standing[] => {
      const state = states[index];
      if (state === undefined || !budget.ofCaller(who)) return [];
      const { used, resetMs } = state;
      return [{ kind: 'spend', limit, used, resetMs }];
    });
  });
}
