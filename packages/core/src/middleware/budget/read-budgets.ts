import type { Call } from '../../call.js';
import { readScope } from '../../call-scope.js';
import { InferwayError } from '../../error.js';
import { usd as nanosOf, type NanoUsd } from '../../money.js';
import { badOption } from '../../option-checks.js';
import { SPEND_PERIODS } from '../../stores/spend-period.js';
import { BudgetCounters, type LimitOf } from './budget-counters.js';
import type { Budget, BudgetRule, BudgetScope, Counter } from './budget-rule.js';

const LONGEST_NAME = 80;
// Of one call: what one round trip decides together is bounded, also where tags come from users.
const MOST_COUNTERS = 64;

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readBudgets(rules: readonly BudgetRule[]): readonly Budget[] {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw badOption(
      'budgets',
      'budget: there is no budget. Give at least one, such as { name: "all", usd: 100, period: "month" }.',
    );
  }
  const names = new Set<string>();
  return rules.map((rule: BudgetRule, index) => {
    const budget = readBudget(rule, `budgets[${index}]`);
    if (names.has(budget.name)) {
      throw badOption(
        `budgets[${index}].name`,
        `budget: two budgets are named "${budget.name}" and would count as one. Give each a name of its own.`,
      );
    }
    names.add(budget.name);
    return budget;
  });
}

/** All sums that a call counts in. @throws {InferwayError} `configuration` where a budget's function gives no amount. */
export function countersOf(budgets: readonly Budget[], call: Call): readonly Counter[] {
  const [only] = budgets;
  const counters =
    budgets.length === 1 && only !== undefined
      ? only.countersOf(call)
      : budgets.flatMap((budget) => budget.countersOf(call));
  if (counters.length <= MOST_COUNTERS) return counters;
  throw new InferwayError('invalid_request', {
    message: `The call counts in ${counters.length} budgets; at most ${MOST_COUNTERS} can be decided together. Give its caller fewer tags.`,
    sent: 'no',
  });
}

function readBudget(rule: BudgetRule, at: string): Budget {
  const { name, period, usd } = rule;
  if (typeof name !== 'string' || name.length === 0 || name.length > LONGEST_NAME) {
    throw badOption(
      `${at}.name`,
      `budget: ${at} needs a name of 1 to ${LONGEST_NAME} characters; it is how the store and messages tell it apart.`,
    );
  }
  if (!SPEND_PERIODS.includes(period)) {
    throw badOption(
      `${at}.period`,
      `budget: the period of "${name}" is ${JSON.stringify(period)}. Give one of ${SPEND_PERIODS.join(', ')}.`,
    );
  }
  const fixed = typeof usd === 'function' ? undefined : amountOf(rule, usd, `${at}.usd`);
  const limitOf: LimitOf = (value, call) => {
    if (typeof usd !== 'function') return fixed;
    const dollars = usd(value, call);
    return dollars === undefined ? undefined : amountOf(rule, dollars, `${at}.usd`);
  };
  const given = ([] as BudgetScope[]).concat(rule.per ?? 'all');
  if (given.length === 0) {
    throw badOption(
      `${at}.per`,
      `budget: ${at}.per is empty. Leave it out for one budget for all calls.`,
    );
  }
  const scopes = given.map((scope) => ({
    scope,
    read: readScope('budget', `${at}.per`, scope, ['credential']),
  }));
  const per = scopes.map(({ read }) => read.label).join(' and ');
  const budget: Budget = {
    name,
    period,
    rule,
    per,
    ofCaller: (who) => scopes.some(({ read }) => read.ofCaller(who)),
    stem: JSON.stringify([name, per, period]),
    countersOf: (call) => counters.of(call),
  };
  const counters = new BudgetCounters(budget, scopes, limitOf);
  return budget;
}

function amountOf({ name }: BudgetRule, dollars: number, param: string): NanoUsd {
  try {
    if (typeof dollars === 'number') return nanosOf(dollars);
  } catch {
    // Named below, together with what is no number at all.
  }
  throw badOption(
    param,
    `budget: "${name}" has ${String(dollars)} dollars. Give an amount of dollars, 0 or more and at most 9 million.`,
  );
}
