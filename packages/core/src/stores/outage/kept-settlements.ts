import type { Clock } from '../../clock.js';
import type { QuotaStore, Settlement } from '../quota-store.js';
import type { StoreLink } from './store-link.js';
import { StoreGone } from './store-link.js';

/**
 * What was to be settled while the store was away, until it has it: delivered once, in order, one at a time. Settling is counted once by its id,
 * so that one whose answer was lost may be delivered again. Bounded: beyond that the oldest go, whose leases then count what was reserved.
 */
export class KeptSettlements {
  /** Given up since there was no more room. */
  dropped = 0;
  readonly #store: QuotaStore;
  readonly #link: StoreLink;
  readonly #clock: Clock;
  readonly #retryMs: number;
  readonly #most: number;
  readonly #queue: Settlement[] = [];
  /** The delivery that is under way. */
  #delivering: Promise<void> | undefined;
  #timer: unknown;
  #closed = false;

  constructor(store: QuotaStore, link: StoreLink, clock: Clock, retryMs: number, most: number) {
    this.#store = store;
    this.#link = link;
    this.#clock = clock;
    this.#retryMs = retryMs;
    this.#most = most;
  }

  get size(): number {
    return this.#queue.length;
  }

  keep(settlement: Settlement): void {
    if (this.#queue.length >= this.#most) {
      // The first may be on its way.
      this.#queue.splice(this.#delivering === undefined ? 0 : 1, 1);
      this.dropped++;
    }
    this.#queue.push(settlement);
    this.#arm();
  }

  /** Delivers as far as the store takes it. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliver();
    return this.#delivering;
  }

  /** Tries once more, and then lets go. */
  async close(): Promise<void> {
    await this.deliver();
    this.#closed = true;
    this.#clock.clearTimer(this.#timer);
  }

  async #deliver(): Promise<void> {
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    try {
      for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
        await this.#one(first);
        this.#queue.shift();
      }
    } catch {
      // The rest stays for the next time.
    }
    this.#delivering = undefined;
    if (this.#queue.length > 0) this.#arm();
  }

  async #one(settlement: Settlement): Promise<void> {
    try {
      await this.#link.run(() => this.#store.settle(settlement));
    } catch (reason) {
      // What the store refuses as ill-formed would be refused for ever, and hold up all others.
      if (reason instanceof StoreGone) throw reason;
    }
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#delivering !== undefined || this.#closed) return;
    this.#timer = this.#clock.setTimer(() => void this.deliver(), this.#retryMs);
  }
}
