import type { NanoUsd } from '../../money.js';
import type { SpendPeriod } from '../../stores/spend-period.js';
import type { Assumption } from '../../cost-bound/usage-bound.js';
import type { BudgetAlert } from './budget-alert.js';
import type { BudgetState } from './budget-state.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** Money was held for an attempt, or what it cost was counted in the place of that. */
    readonly budget: {
      readonly decision: 'reserved' | 'settled';
      /** Number of the attempt. */
      readonly attempt: number;
      readonly amount: NanoUsd;
      /** `reserved`: why the attempt may cost more. Empty where it cannot. */
      readonly assumed?: readonly Assumption[] | undefined;
      /** `settled`: the amount is not what a provider or a price says. */
      readonly estimated?: boolean | undefined;
      /** Empty where the store gave no answer. */
      readonly budgets: readonly BudgetState[];
    };
    /** An attempt, or the call before any, was not allowed. */
    readonly 'budget-refused': {
      readonly reason: 'full' | 'never' | 'no-price' | 'store';
      readonly budget: string;
      readonly per: string;
      readonly period: SpendPeriod;
      readonly amount?: NanoUsd | undefined;
      readonly retryAfterMs?: number | undefined;
    };
    readonly 'budget-alert': BudgetAlert;
  }
}
