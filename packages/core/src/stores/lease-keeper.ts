import type { Clock } from '../clock.js';
import { OpenList } from '../open-list.js';
import type { QuotaStore, Settlement } from './quota-store.js';

// A renewal may fail twice before a lease ends.
const RENEWALS_A_LEASE = 3;
// So that one renewal never holds up a store that others wait for.
const MOST_AT_ONCE = 1000;

/** One reservation that this process holds. */
export interface Lease {
  readonly granted: 'leased';
  readonly id: string;
  /** Once it aborted, the reservation is renewed no more: work that then never ends must not hold it for good. */
  readonly signal: AbortSignal | undefined;
  readonly keeper: LeaseKeeper;
  /** Where it stands among those that its keeper renews, kept by it; −1 outside of them. */
  position: number;
}

/**
 * Renews what this process holds in a store, all of it together, while it holds anything: one timer, whatever the number of calls. What a
 * process that died held is renewed no more, and its lease ends.
 */
export class LeaseKeeper {
  readonly leaseMs: number;
  readonly #store: QuotaStore;
  readonly #clock: Clock;
  readonly #held = new OpenList<Lease>();
  readonly #process: string = globalThis.crypto.randomUUID();
  #count = 0;
  #timer: unknown;

  constructor(store: QuotaStore, clock: Clock, leaseMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.leaseMs = leaseMs;
  }

  /** An id for a reservation, unique over all processes. Ids that callers choose are not: one used twice would be let in for nothing. */
  nextId(): string {
    return `${this.#process}:${++this.#count}`;
  }

  /** From now on the reservation is renewed. */
  hold(id: string, signal?: AbortSignal): Lease {
    const lease: Lease = { granted: 'leased', id, signal, keeper: this, position: -1 };
    this.#held.add(lease);
    if (this.#held.size === 1) this.#arm();
    return lease;
  }

  /** It is over: renewed no more, and what was used is counted in the place of what was reserved. */
  settle(
    lease: Lease,
    limits: Settlement['limits'],
    actual: Settlement['actual'],
  ): ReturnType<QuotaStore['settle']> {
    this.release(lease);
    return this.#store.settle({ id: lease.id, limits, actual });
  }

  release(lease: Lease): void {
    if (this.#held.remove(lease) && this.#held.size === 0) this.#clock.clearTimer(this.#timer);
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(this.#renew, this.leaseMs / RENEWALS_A_LEASE);
  }

  readonly #renew = (): void => {
    const held = this.#held.toArray();
    for (const lease of held) if (lease.signal?.aborted === true) this.#held.remove(lease);
    if (this.#held.size === 0) return;
    this.#arm();
    const ids = this.#held.toArray().map(({ id }) => id);
    for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
      try {
        const renewing = this.#store.renew(ids.slice(start, start + MOST_AT_ONCE), this.leaseMs);
        if (renewing instanceof Promise) renewing.catch(ignore);
      } catch {
        // Tried again by the next renewal; a store that stays away longer than the lease lets go of it.
      }
    }
  };
}

const KEEPERS = new WeakMap<QuotaStore, WeakMap<Clock, Map<number, LeaseKeeper>>>();

/** The keeper that all layers of this process share which hold from `store` for `leaseMs`. */
export function leaseKeeperOf(store: QuotaStore, clock: Clock, leaseMs: number): LeaseKeeper {
  let byClock = KEEPERS.get(store);
  if (byClock === undefined) KEEPERS.set(store, (byClock = new WeakMap()));
  let byLease = byClock.get(clock);
  if (byLease === undefined) byClock.set(clock, (byLease = new Map()));
  let keeper = byLease.get(leaseMs);
  if (keeper === undefined) byLease.set(leaseMs, (keeper = new LeaseKeeper(store, clock, leaseMs)));
  return keeper;
}

function ignore(): void {}
