import type {
  QuotaHold,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  QuotaStore,
} from '../../src/stores/quota-store.js';

/**
 * A store in memory that is looked at after everything that it does: how far above its limit the first counter ever stood.
 *
 * @param byHand It gives reservations out of hand, as it does where nobody looks; else it is asked by name, as one elsewhere.
 */
export function watched(
  store: QuotaStore,
  byHand = false,
): {
  readonly store: QuotaStore;
  highest: number;
  over: number;
} {
  const seen = {
    store,
    /** The most that was spent and reserved together, at any instant. */
    highest: 0,
    /** The most by which that was above the limit. */
    over: 0,
  };
  const look = (limits: readonly QuotaLimit[], states: readonly QuotaState[]): void => {
    limits.forEach(({ kind, limit }, index) => {
      const used = states[index]?.used ?? 0;
      if (kind !== 'spend') return;
      seen.highest = Math.max(seen.highest, used);
      seen.over = Math.max(seen.over, used - limit);
    });
  };
  seen.store = {
    ...bound(store),
    reserve(reservation) {
      const decision = store.reserve(reservation);
      if (!(decision instanceof Promise)) look(reservation.limits, decision.states);
      return decision;
    },
    settle(settlement) {
      const states = store.settle(settlement);
      if (!(states instanceof Promise)) look(settlement.limits, states);
      return states;
    },
    hold: byHand ? (limits) => held(store, limits, look) : undefined,
  };
  return seen;
}

function held(
  store: QuotaStore,
  limits: readonly QuotaLimit[],
  look: (limits: readonly QuotaLimit[], states: readonly QuotaState[]) => void,
): QuotaHold | QuotaRefused {
  const hold = (store.hold as NonNullable<QuotaStore['hold']>).call(store, limits);
  if (!hold.granted) return hold;
  look(limits, hold.states());
  return {
    granted: true,
    states: () => hold.states(),
    lapse: () => hold.lapse(),
    settle(actual) {
      hold.settle(actual);
      look(limits, hold.states());
    },
  };
}

function bound(store: QuotaStore): QuotaStore {
  return {
    reserve: (reservation) => store.reserve(reservation),
    settle: (settlement) => store.settle(settlement),
    renew: (ids, leaseMs) => store.renew(ids, leaseMs),
    read: (limits) => store.read(limits),
    restore: (limit, used, startsAt) => store.restore(limit, used, startsAt),
    claim: (name, ttlMs) => store.claim(name, ttlMs),
  };
}
