import type { NanoUsd } from '@inferway/core';
import type { LedgerRow } from '@inferway/core/stores';
import type { History, TenantBooks } from './history.js';
import type { Lapsed } from './lapsed.js';

/** What one tenant spent, by all who counted it. */
export interface Balance {
  readonly books: TenantBooks;
  /** By the provider's own bill. */
  readonly truth: NanoUsd;
  /** What estimates were below the bill, together: nobody can know of it. */
  readonly underestimated: NanoUsd;
  /** Rows of attempts that the killed worker left. */
  readonly abandoned: NanoUsd;
  /** Reservations that it left, counted as spent. */
  readonly lapsed: Lapsed;
  /** The counter less the ledger, without what was left in either. */
  readonly unexplained: NanoUsd;
  /** What may be in the one and not in the other, since the worker died in between. */
  readonly atTheKill: NanoUsd;
}

// The worker's last rows and settlements were on their way for no longer.
const ON_ITS_WAY_MS = 500;

export function balance(books: TenantBooks, { rows, bill, lapsed, killedAt }: History): Balance {
  const own = rows.filter(({ caller }) => caller.tenant === books.tenant);
  const left = own.filter(({ status }) => status === 'abandoned');
  const last = own.filter(({ at, durationMs = 0 }) => {
    const endedAt = at + durationMs;
    return endedAt > killedAt - ON_ITS_WAY_MS && endedAt < killedAt + ON_ITS_WAY_MS;
  });
  const none: Lapsed = { count: 0, amount: 0 };
  const ownLapsed = lapsed.get(books.tenant) ?? none;
  return {
    books,
    truth: own.reduce((sum, { id }) => sum + (bill.get(id) ?? 0), 0),
    underestimated: own.reduce(
      (sum, { id, cost = 0 }) => sum + Math.max(0, (bill.get(id) ?? 0) - cost),
      0,
    ),
    abandoned: costOf(left),
    lapsed: ownLapsed,
    unexplained: books.used - costOf(own) + costOf(left) - ownLapsed.amount,
    atTheKill: costOf(left) + costOf(last),
  };
}

function costOf(rows: readonly LedgerRow[]): NanoUsd {
  return rows.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
}
