import type { Call } from '../../call.js';
import { leaseKeeperOf, type Lease, type LeaseKeeper } from '../../stores/lease-keeper.js';
import type { QuotaDecision, QuotaLimit, QuotaStore } from '../../stores/quota-store.js';

/** One reservation in a store elsewhere: its name, and what can be done by it. */
export class StoreTicket {
  readonly #store: QuotaStore;
  readonly #call: Call;
  readonly #limits: readonly QuotaLimit[];
  readonly #keeper: LeaseKeeper;
  readonly #id: string;

  constructor(store: QuotaStore, call: Call, limits: readonly QuotaLimit[], leaseMs: number) {
    this.#store = store;
    this.#call = call;
    this.#limits = limits;
    this.#keeper = leaseKeeperOf(store, call.state.runtime.clock, leaseMs);
    this.#id = this.#keeper.nextId();
  }

  reserve(): QuotaDecision | Promise<QuotaDecision> {
    const { leaseMs } = this.#keeper;
    return this.#store.reserve({ id: this.#id, limits: this.#limits, leaseMs });
  }

  /** It was granted: holds it until the call is aborted, or it is released. */
  lease(): Lease {
    return this.#keeper.hold(this.#id, this.#call.signal);
  }

  /** Nothing of it will be used, if it was granted at all. */
  giveBack(): void {
    const limits = this.#limits;
    try {
      const settled = this.#store.settle({ id: this.#id, limits, actual: limits.map(() => 0) });
      if (settled instanceof Promise) settled.catch(() => {});
    } catch {
      // The lease ends by itself.
    }
  }
}
