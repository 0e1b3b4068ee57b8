import type { QuotaState } from '../quota-store.js';
import { SOME_TIME, type Counter, type Moment, type Take } from './counter.js';
import { LeaseHeap, type Leased } from './lease-heap.js';

/** Places, each held by one reservation until it is settled or its lease ends. */
export class PlaceCounter implements Counter {
  readonly #held = new LeaseHeap<PlaceTake>();

  waitMs(limit: number, amount: number, { now }: Moment): number {
    const over = Math.ceil(this.#held.size + amount - limit);
    if (over <= 0) return 0;
    // What is held without a lease ends when it is settled, and nobody knows when that is.
    const waitMs = (this.#held.endOf(over) ?? now) - now;
    return waitMs === Number.POSITIVE_INFINITY ? SOME_TIME : waitMs;
  }

  take(_amount: number, leaseEnd: number): Take {
    const place = new PlaceTake(this.#held, leaseEnd);
    this.#held.add(place);
    return place;
  }

  state(): QuotaState {
    return { used: this.#held.size, held: this.#held.size };
  }

  idle(): boolean {
    return this.#held.size === 0;
  }
}

class PlaceTake implements Take, Leased {
  leaseEnd: number;
  position = -1;
  readonly #held: LeaseHeap<PlaceTake>;

  constructor(held: LeaseHeap<PlaceTake>, leaseEnd: number) {
    this.#held = held;
    this.leaseEnd = leaseEnd;
  }

  settle(): void {
    this.#held.remove(this);
  }

  lapse(): void {
    this.#held.remove(this);
  }

  renew(leaseEnd: number): void {
    this.leaseEnd = leaseEnd;
    this.#held.moved(this);
  }
}
