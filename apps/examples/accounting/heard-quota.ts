import type { QuotaDecision, QuotaStore, Reservation } from '@inferway/core/stores';
import type { Decision } from './orders.js';

/** Epoch milliseconds with fractions: one clock for all processes of a machine. */
export function exactNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Remembers what a store granted in time, to tell it from what was let in without it. */
export class Granted {
  readonly #ids = new Set<string>();

  /** The same store, listened to. */
  by(store: QuotaStore): QuotaStore {
    return around(store, async (reservation) => {
      const decision = await store.reserve(reservation);
      if (decision.granted) this.#ids.add(reservation.id);
      return decision;
    });
  }

  /** True where the store granted it. Asked once. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }
}

/** What is told of a store of limits. */
export interface QuotaEars {
  /** A decision about a window. */
  decided(decision: Decision): void;
  /** What a reservation took in windows went back: its call was not made. */
  returned(id: string): void;
  /** The name of a limit on places. */
  place(key: string): void;
}

/** The same store, whose decisions about windows are told with the times between which they were made. */
export function heard(store: QuotaStore, granted: Granted, ears: QuotaEars): QuotaStore {
  const told = around(store, async (reservation) => {
    const from = exactNow();
    const decision = await store.reserve(reservation);
    const to = exactNow();
    const alone = decision.granted && !granted.take(reservation.id);
    for (const limit of reservation.limits) {
      if (limit.kind === 'places') ears.place(limit.key);
      if (limit.kind !== 'window') continue;
      const { key, windowMs, amount, limit: most } = limit;
      const { id } = reservation;
      ears.decided({
        id,
        key,
        windowMs,
        limit: most,
        amount,
        granted: decision.granted,
        alone,
        from,
        to,
      });
    }
    return decision;
  });
  return {
    ...told,
    settle(settlement) {
      const { id, limits, actual } = settlement;
      const isBack = limits.some(({ kind }, index) => kind === 'window' && actual[index] === 0);
      if (isBack) ears.returned(id);
      return store.settle(settlement);
    },
  };
}

function around(
  store: QuotaStore,
  reserve: (reservation: Reservation) => Promise<QuotaDecision>,
): QuotaStore {
  return {
    reserve,
    settle: (settlement) => store.settle(settlement),
    renew: (ids, leaseMs) => store.renew(ids, leaseMs),
    read: (limits) => store.read(limits),
    restore: (...given) => store.restore(...given),
    claim: (name, ttlMs) => store.claim(name, ttlMs),
  };
}
