import { sumCosts, type Cost, type KnownCost } from '@inferway/core';
import type { AttemptRun } from './call-run.js';

/** What attempts cost together, failed ones too. */
export interface RunCost {
  /** Undefined where no layer prices attempts; unknown as soon as one of them is. */
  readonly total: Cost | undefined;
  /** In nano-dollars: of those that are known, where not all are. */
  readonly atLeast: number | undefined;
  /** Of it, for attempts that the provider may not bill at all. */
  readonly possiblyBilled: number | undefined;
  /** Attempts that run on behind the call, at a cost that is not known yet. */
  readonly open: number;
}

/** @param told What the call's own reply says, for chains that price replies and no attempts. */
export function runCost(attempts: readonly AttemptRun[], told: Cost | undefined): RunCost {
  const billed = attempts.filter(({ billed }) => billed !== 'no');
  const costs = billed.flatMap(({ cost }) => cost ?? []);
  const priced = attempts.some(({ cost }) => cost !== undefined);
  const total = costs.length > 0 || told === undefined ? sumOf(costs) : told;
  const maybe = billed.flatMap(({ billed: sure, cost }) => (sure === 'maybe' ? known(cost) : []));
  const some = costs.flatMap(known);
  return {
    total,
    atLeast: total?.known === false && some.length > 0 ? nanosOf(some) : undefined,
    possiblyBilled: maybe.length > 0 ? nanosOf(maybe) : undefined,
    open: priced ? attempts.filter(({ cost }) => cost === undefined).length : 0,
  };
}

function sumOf(costs: readonly Cost[]): Cost | undefined {
  return costs.length === 0 ? undefined : sumCosts(costs);
}

function known(cost: Cost | undefined): readonly KnownCost[] {
  return cost?.known === true ? [cost] : [];
}

function nanosOf(costs: readonly KnownCost[]): number {
  return costs.reduce((sum, { total }) => sum + total, 0);
}
