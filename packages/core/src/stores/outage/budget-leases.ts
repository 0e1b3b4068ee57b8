import type { Clock } from '../../clock.js';
import type { QuotaState, QuotaStore, Settlement, SpendLimit } from '../quota-store.js';
import type { StoreLink } from './store-link.js';

/** What was drawn from one lease for one reservation. */
export interface Draw {
  readonly lease: BudgetLease;
  readonly amount: number;
}

/** A part of a budget that this process holds in the store, to spend from while the store is away. */
interface BudgetLease {
  readonly id: string;
  readonly limit: SpendLimit;
  /** The answer to its reservation. */
  taken: Promise<void> | undefined;
  /** How the budget stood when it was last heard of. */
  state: QuotaState;
  usedAt: number;
  /** Spent from it, and held for attempts that run. */
  drawn: number;
  spent: number;
  running: number;
  granted: boolean;
  /** It was not granted; asked for again after the next beat. */
  failed: boolean;
  /** No more is drawn from it; it goes back when the last of its attempts is over. */
  closing: boolean;
}

// Renewed so many times within its time.
const BEATS = 4;
// A slice is taken only where there is room for so many of them.
const ROOM = 4;

/**
 * Keeps a slice of each budget in use reserved in the store, so that there is something left to spend when the store goes away, and nothing is
 * spent that was not reserved before. Slices of budgets that nobody uses go back within half of their lease; those of a process that died are
 * free when it ends.
 */
export class BudgetLeases {
  readonly #store: QuotaStore;
  readonly #link: StoreLink;
  readonly #clock: Clock;
  readonly #share: number;
  readonly #most: number;
  readonly #leaseMs: number;
  readonly #giveBack: (settlement: Settlement) => void;
  readonly #leases = new Map<string, BudgetLease>();
  readonly #closing = new Set<BudgetLease>();
  #timer: unknown;

  constructor(
    store: QuotaStore,
    link: StoreLink,
    clock: Clock,
    size: { readonly share: number; readonly most: number; readonly leaseMs: number },
    giveBack: (settlement: Settlement) => void,
  ) {
    this.#store = store;
    this.#link = link;
    this.#clock = clock;
    this.#share = size.share;
    this.#most = size.most;
    this.#leaseMs = size.leaseMs;
    this.#giveBack = giveBack;
  }

  /** A budget was reserved from: there shall be a slice of it here. */
  used(limit: SpendLimit, state: QuotaState | undefined): void {
    const lease = this.#leases.get(limit.key);
    if (lease !== undefined) {
      lease.usedAt = this.#clock.now();
      if (state !== undefined) lease.state = state;
      return;
    }
    const amount = Math.floor(limit.limit * this.#share);
    if (amount < 1 || state === undefined || this.#leases.size >= this.#most) return;
    // The last of a budget is for calls, not for an outage that may not come.
    if (limit.limit - state.used < ROOM * amount) return;
    this.#take({ ...limit, amount, lapse: 'free' }, state);
  }

  /** The budget has no room: what is held here may be what is missing. */
  refused({ key }: SpendLimit): void {
    const lease = this.#leases.get(key);
    if (lease !== undefined) this.#release(key, lease);
  }

  /** Takes what all `limits` ask for from their slices; undefined where one has too little. */
  draw(limits: readonly SpendLimit[]): readonly Draw[] | undefined {
    const draws: Draw[] = [];
    for (const { key, amount } of limits) {
      const lease = this.#leases.get(key);
      if (lease?.granted !== true || lease.limit.amount - lease.drawn < amount) {
        for (const draw of draws) this.#undo(draw);
        return undefined;
      }
      lease.drawn += amount;
      lease.running++;
      lease.usedAt = this.#clock.now();
      draws.push({ lease, amount });
    }
    return draws;
  }

  /** How the budget of a draw stands, as far as that is known here. */
  stateOf({ lease }: Draw): QuotaState {
    return lease.state;
  }

  settle({ lease, amount }: Draw, actual: number | undefined): void {
    const spent = actual ?? amount;
    lease.drawn += spent - amount;
    lease.spent += spent;
    lease.running--;
    if (lease.closing && lease.running === 0) this.#end(lease);
  }

  /** The store is there again: what was spent is counted, what was not goes back. New slices are taken as budgets are used. */
  closeAll(): void {
    for (const lease of this.#leases.values()) this.#close(lease);
    this.#leases.clear();
  }

  #take(limit: SpendLimit, state: QuotaState): void {
    const lease: BudgetLease = {
      id: `lease:${globalThis.crypto.randomUUID()}`,
      limit,
      taken: undefined,
      state,
      usedAt: this.#clock.now(),
      drawn: 0,
      spent: 0,
      running: 0,
      granted: false,
      failed: false,
      closing: false,
    };
    this.#leases.set(limit.key, lease);
    this.#arm();
    const forget = (): void => {
      lease.failed = true;
    };
    const reserve = async (): Promise<void> => {
      const decision = await this.#link.run(
        () => this.#store.reserve({ id: lease.id, limits: [limit], leaseMs: this.#leaseMs }),
        () => this.#giveBack({ id: lease.id, limits: [limit], actual: [0] }),
      );
      if (!decision.granted) forget();
      else if (lease.closing) this.#end(lease);
      else lease.granted = true;
    };
    lease.taken = reserve().catch(forget);
  }

  #release(key: string, lease: BudgetLease): void {
    this.#leases.delete(key);
    this.#close(lease);
  }

  #close(lease: BudgetLease): void {
    lease.closing = true;
    if (!lease.granted) return;
    this.#closing.add(lease);
    if (lease.running === 0) this.#end(lease);
  }

  #end(lease: BudgetLease): void {
    this.#closing.delete(lease);
    this.#giveBack({ id: lease.id, limits: [lease.limit], actual: [lease.spent] });
  }

  #undo({ lease, amount }: Draw): void {
    lease.drawn -= amount;
    lease.running--;
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimer(this.#beat, this.#leaseMs / BEATS);
  }

  readonly #beat = (): void => {
    this.#timer = undefined;
    const idleSince = this.#clock.now() - this.#leaseMs / BEATS;
    for (const [key, lease] of this.#leases) {
      // While the store is away nobody knows whether the slice will be needed.
      const isWanted = lease.usedAt > idleSince || lease.running > 0 || this.#link.isDown;
      if (isWanted && !lease.failed) continue;
      this.#leases.delete(key);
      this.#close(lease);
    }
    const held = [...this.#leases.values(), ...this.#closing].filter(({ granted }) => granted);
    if (this.#leases.size + this.#closing.size > 0) this.#arm();
    if (held.length > 0) this.#renew(held.map(({ id }) => id));
  };

  #renew(ids: readonly string[]): void {
    const renew = async (): Promise<void> => {
      await this.#link.run(() => this.#store.renew(ids, this.#leaseMs));
    };
    // What was spent of a lease that ended is counted when it is given back.
    renew().catch(() => {});
  }

  /** Gives all back, also what is only being taken. */
  async close(): Promise<void> {
    const taken = [...this.#leases.values()].map((lease) => lease.taken);
    this.closeAll();
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    await Promise.all(taken);
  }
}
