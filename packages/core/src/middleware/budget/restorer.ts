import type { Call } from '../../call.js';
import type { NanoUsd } from '../../money.js';
import type { Ledger, LedgerGroup, LedgerQuery } from '../../stores/ledger.js';
import type { QuotaStore, SpendLimit } from '../../stores/quota-store.js';
import { ledgerLabel } from '../../stores/ledger-label.js';
import { spendPeriodOf } from '../../stores/spend-period.js';
import type { Counter } from './budget-rule.js';

/**
 * Sets counters that the store does not have (it is new, or it lost them) to what was spent before, as the ledger knows it (F69). Of many calls
 * that meet one lost counter, one asks the ledger.
 */
export class Restorer {
  readonly #store: QuotaStore;
  readonly #ledger: Ledger;
  readonly #running = new Map<string, Promise<void>>();

  constructor(store: QuotaStore, ledger: Ledger) {
    this.#store = store;
    this.#ledger = ledger;
  }

  restore(call: Call, counter: Counter, limit: SpendLimit): Promise<void> {
    const running = this.#running.get(counter.key);
    if (running !== undefined) return running;
    const work = this.#restore(call, counter, limit).finally(() => {
      this.#running.delete(counter.key);
    });
    this.#running.set(counter.key, work);
    return work;
  }

  async #restore(call: Call, counter: Counter, limit: SpendLimit): Promise<void> {
    const { startsAt, endsAt } = spendPeriodOf(limit.period, call.state.runtime.clock.wallTime());
    const used = await this.#spent(counter, startsAt, endsAt);
    await this.#store.restore(limit, used, startsAt);
  }

  async #spent({ budget, share, value }: Counter, from: number, to: number): Promise<NanoUsd> {
    if (budget.rule.spent !== undefined) return budget.rule.spent(value, from, to);
    const names = Object.entries(share) as [LedgerGroup & keyof typeof share, string][];
    const query: LedgerQuery = {
      from,
      ...(Number.isFinite(to) ? { to } : {}),
      ...Object.fromEntries(
        names.flatMap(([group, name]) => (name === '' ? [] : [[group, ledgerLabel(name)]])),
      ),
    };
    // Rows without a name cannot be asked for: all are, told apart by it.
    const nameless = names.flatMap(([group, name]) => (name === '' ? [group] : []));
    const sums = await this.#ledger.sum(query, nameless);
    let cost = 0;
    for (const sum of sums) {
      if (nameless.every((group) => (sum.group[group] ?? '') === '')) cost += sum.cost;
    }
    return cost;
  }
}
