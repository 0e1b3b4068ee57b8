import type { Call } from '../../call.js';
import type { Caller } from '../../caller.js';
import type { CallScope } from '../../call-scope.js';
import type { NanoUsd } from '../../money.js';
import type { SpendPeriod } from '../../stores/spend-period.js';

/**
 * What has a budget of its own: see `CallScope`. `provider` and `model` are those that are paid, a fallback's too. Labels of credentials are
 * not among them, since they are chosen after the money is reserved.
 */
export type BudgetScope = Exclude<CallScope, 'credential'>;

/** How much may be spent, by whom, and in which time: `{ name: 'users', per: 'user', usd: 5, period: 'day' }`. */
export interface BudgetRule {
  /** Names the budget in messages, alerts and in the store. Renamed, it begins at 0. */
  readonly name: string;
  /** Default `all`: one sum for all calls. A list: a sum for each combination. */
  readonly per?: BudgetScope | readonly BudgetScope[] | undefined;
  /**
   * Dollars in a period. A function gives those of one value (a tenant's name, a tag; '' for those who have none; of a list, its last) and is
   * asked for each call; undefined where that value has no budget.
   */
  readonly usd: number | ((value: string, call: Call) => number | undefined);
  /** A calendar period in UTC, or `total`. */
  readonly period: SpendPeriod;
  /** What one value had spent between two times, for a `per` that a ledger cannot answer: a function. */
  readonly spent?: ((value: string, from: number, to: number) => Promise<NanoUsd>) | undefined;
}

/** A rule, checked. */
export interface Budget {
  readonly name: string;
  readonly per: string;
  readonly period: SpendPeriod;
  readonly rule: BudgetRule;
  /** Its sums are the caller's own, or its tenant's. */
  readonly ofCaller: (who: Caller) => boolean;
  /** What its keys begin with. */
  readonly stem: string;
  /** What a call counts in. */
  readonly countersOf: (call: Call) => readonly Counter[];
}

/** One sum that a call counts in. */
export interface Counter {
  readonly budget: Budget;
  /** Over all processes. */
  readonly key: string;
  /** For people. */
  readonly value: string;
  readonly limit: NanoUsd;
  /** Of the caller, the provider and the model: what the rows of a ledger have in common that count here. */
  readonly share: LedgerShare;
}

/** Conditions on the rows of a ledger; '' for rows without one. */
export type LedgerShare = {
  readonly [name in 'tenant' | 'key' | 'user' | 'team' | 'tag' | 'provider' | 'model']?: string;
};
