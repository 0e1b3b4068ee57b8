import type { NanoUsd } from '../../money.js';
import type { QuotaState } from '../../stores/quota-store.js';
import type { SpendPeriod } from '../../stores/spend-period.js';
import type { Counter } from './budget-rule.js';

/** What one budget has spent. Amounts in integer nano-dollars. */
export interface BudgetFigures {
  readonly budget: string;
  /** What it is counted for: `user`, `tenant and model`. */
  readonly per: string;
  /** Which one: the user's name, the tag; '' for all together and for those who have none. */
  readonly value: string;
  readonly period: SpendPeriod;
  readonly limit: NanoUsd;
  /** Settled. */
  readonly spent: NanoUsd;
  /** Held for attempts that run. `spent` and `reserved` together never exceed `limit` by what is granted. */
  readonly reserved: NanoUsd;
}

/** How one budget stands. */
export interface BudgetState extends BudgetFigures {
  /** Milliseconds until the period ends; absent for `total`. */
  readonly resetMs?: number | undefined;
}

/** How counters stand, as the store said; none where it said nothing. */
export function standingsOf(
  counters: readonly Counter[],
  states: readonly QuotaState[],
): readonly BudgetState[] {
  return counters.flatMap((counter, index) => {
    const state = states[index];
    if (state === undefined) return [];
    const { resetMs } = state;
    const figures = figuresOf(counter, state);
    return [resetMs === undefined ? figures : { ...figures, resetMs }];
  });
}

/** One counter's figures, as the store said. */
export function figuresOf({ budget, value, limit }: Counter, state: QuotaState): BudgetFigures {
  const reserved = state.held ?? 0;
  return {
    budget: budget.name,
    per: budget.per,
    value,
    period: budget.period,
    limit,
    spent: state.used - reserved,
    reserved,
  };
}
