import type { Call } from '../../call.js';
import { callerOf } from '../../caller.js';
import { callerStanding, tellStanding, type Standing } from '../../caller-standing.js';
import type { QuotaState } from '../../stores/quota-store.js';
import type { LimitUnit } from './limit-events.js';
import type { Claim } from './limit-rule.js';

/** What a store said with its decision, or will say when it is asked. */
export interface Told {
  readonly states: readonly QuotaState[] | (() => readonly QuotaState[]);
}

// Places have no window: how many are free says nothing of the next call.
const KINDS: Readonly<Partial<Record<LimitUnit, Standing['kind']>>> = {
  requests: 'requests',
  totalTokens: 'tokens',
  inputTokens: 'inputTokens',
  outputTokens: 'outputTokens',
};

/** Tells whoever asked how the limits of the caller's own stand that `layer` decided by. */
export function noteStanding(call: Call, layer: object, claim: Claim, told: Told): void {
  const listener = call.state.get(callerStanding);
  if (listener === undefined) return;
  const who = callerOf(call.state);
  tellStanding(listener, layer, () => {
    const states = typeof told.states === 'function' ? told.states() : told.states;
    return claim.figures.flatMap(({ unit, max, rule }, index): readonly Standing[] => {
      const kind = KINDS[unit];
      const state = states[index];
      if (kind === undefined || state === undefined || !rule.ofCaller(who)) return [];
      const { used, resetMs } = state;
      return [{ kind, limit: max, used, resetMs }];
    });
  });
}
