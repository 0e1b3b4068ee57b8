import { usd } from '@inferway/core';
import { budget, type BudgetMiddleware } from '@inferway/core/spending';
import type { Ledger, LedgerRow, QuotaStore } from '@inferway/core/stores';
import type { TenantBooks } from './history.js';
import { budgets, isPoor, prices } from './settings.js';

/** Reads the budgets of all tenants again and again, to know the most that each ever said. */
export class BookWatch {
  readonly #layer: BudgetMiddleware;
  readonly #tenants: readonly string[];
  readonly #most = new Map<string, number>();
  #watching = true;
  readonly #over: Promise<void>;
  /** How often a budget was read. */
  samples = 0;

  constructor(store: QuotaStore, tenants: readonly string[]) {
    this.#layer = budget({ store, budgets, prices });
    this.#tenants = tenants;
    this.#over = this.#watch();
  }

  async end(): Promise<void> {
    this.#watching = false;
    await this.#over;
  }

  /** @param placesOf How many places a tenant holds. */
  async books(placesOf: (tenant: string) => Promise<number>): Promise<readonly TenantBooks[]> {
    const books: TenantBooks[] = [];
    for (const tenant of this.#tenants) {
      const [state] = await this.#layer.states({ tenant });
      if (state === undefined) throw new Error(`The tenant ${tenant} has no budget.`);
      books.push({
        tenant,
        limit: usd(isPoor(tenant) ? 0.02 : 5),
        mostUsed: this.#most.get(tenant) ?? 0,
        used: state.spent + state.reserved,
        held: state.reserved,
        places: await placesOf(tenant),
      });
    }
    return books;
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      for (const tenant of this.#tenants) {
        const [state] = await this.#layer.states({ tenant });
        const used = state === undefined ? 0 : state.spent + state.reserved;
        this.samples++;
        this.#most.set(tenant, Math.max(used, this.#most.get(tenant) ?? 0));
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** All rows of a ledger. */
export async function allRows(ledger: Ledger): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.rows({}, { limit: 1000, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}
