import type { Call } from '../../call.js';
import type { Scope } from '../../call-scope.js';
import { callerOf, type Caller } from '../../caller.js';
import type { NanoUsd } from '../../money.js';
import { RecentMap } from '../../recent-map.js';
import type { Budget, BudgetScope, Counter, LedgerShare } from './budget-rule.js';
import { storeKey } from './store-key.js';

export interface ReadScope {
  readonly scope: BudgetScope;
  readonly read: Scope;
}

/** Nano-dollars that one value has; undefined where it has no budget. */
export type LimitOf = (value: string, call: Call) => NanoUsd | undefined;

// Callers come again and again; what is beyond it costs no more than it did the first time.
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 400;

/** The counters of one budget. All of one but its limit is the same for each call that counts in it, and made once. */
export class BudgetCounters {
  readonly #budget: Budget;
  readonly #scopes: readonly ReadScope[];
  readonly #limitOf: LimitOf;
  readonly #known = new RecentMap<Known>(MOST_KNOWN);

  constructor(budget: Budget, scopes: readonly ReadScope[], limitOf: LimitOf) {
    this.#budget = budget;
    this.#scopes = scopes;
    this.#limitOf = limitOf;
  }

  /** What a call counts in. */
  of(call: Call): readonly Counter[] {
    const [only] = this.#scopes;
    const counters =
      this.#scopes.length === 1 && only !== undefined
        ? only.read.valuesOf(call)?.map((key) => this.#counter(call, key))
        : combinations(this.#scopes, call).map((keys) =>
            this.#counter(call, JSON.stringify(keys), keys),
          );
    if (counters === undefined) return NONE;
    return counters.every(isCounter) ? counters : counters.filter(isCounter);
  }

  /** @param name Tells it apart from the budget's other counters. */
  #counter(call: Call, name: string, combination?: readonly string[]): Counter | undefined {
    let known = this.#known.get(name);
    const { counter, last } = known ?? this.#read(call, combination ?? [name]);
    const limit = this.#limitOf(last, call);
    if (limit === undefined) return undefined;
    if (known === undefined) {
      known = { counter: { ...counter, limit }, last };
      if (name.length <= LONGEST_KNOWN) this.#known.set(name, known);
    }
    return known.counter.limit === limit ? known.counter : { ...counter, limit };
  }

  #read(call: Call, keys: readonly string[]): Known {
    const values: string[] = [];
    let share: LedgerShare = {};
    this.#scopes.forEach(({ scope }, index) => {
      const key = keys[index] ?? '';
      values.push(plain(scope, call, key));
      share = { ...share, ...shareOf(scope, call, key) };
    });
    const budget = this.#budget;
    // Parts never run into each other, whatever users are called.
    const key = storeKey('budget', `${budget.stem}${JSON.stringify(keys)}`);
    const counter: Counter = { budget, key, value: values.join(' '), limit: 0, share };
    return { counter, last: values.at(-1) ?? '' };
  }
}

const NONE: readonly Counter[] = [];

function isCounter(counter: Counter | undefined): counter is Counter {
  return counter !== undefined;
}

interface Known {
  readonly counter: Counter;
  /** The value of the last scope. */
  readonly last: string;
}

function combinations(scopes: readonly ReadScope[], call: Call): readonly (readonly string[])[] {
  let all: readonly (readonly string[])[] = [[]];
  for (const { read } of scopes) {
    const keys = read.valuesOf(call);
    if (keys === undefined) return [];
    all = all.flatMap((head) => keys.map((key) => [...head, key]));
  }
  return all;
}

function plain(scope: BudgetScope, call: Call, key: string): string {
  return scope === 'key' || scope === 'user' || scope === 'team'
    ? (callerOf(call.state)[scope] ?? '')
    : key;
}

function shareOf(scope: BudgetScope, call: Call, key: string): LedgerShare {
  const who: Caller = callerOf(call.state);
  switch (scope) {
    case 'tenant':
      return { tenant: who.tenant ?? '' };
    case 'key':
    case 'user':
    case 'team':
      return { tenant: who.tenant ?? '', [scope]: who[scope] ?? '' };
    case 'tag':
      return { tag: key };
    case 'provider':
      return { provider: call.model.provider };
    case 'model':
      return { provider: call.model.provider, model: call.model.id };
    default:
      return {};
  }
}
