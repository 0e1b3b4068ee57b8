import type { Clock } from '../../clock.js';
import { memoryQuota } from '../memory-quota.js';
import type { QuotaDecision, QuotaLimit, QuotaStore, WindowLimit } from '../quota-store.js';
import type { StoreLink } from './store-link.js';

/** Windows and places: what a process has a share of. */
export type SharedLimit = Exclude<QuotaLimit, { readonly kind: 'spend' }>;

/** What was let in during one outage, of which the store does not know yet. */
interface Untold {
  readonly id: string;
  readonly counts: QuotaStore;
  readonly windows: Map<string, WindowLimit>;
}

// Bounds of what names that users choose can make grow.
const MOST_COUNTERS = 100_000;
const MOST_UNTOLD = 10_000;
const MOST_OUTAGES = 10;
const LIMITS_AT_ONCE = 50;
const TELL_LEASE_MS = 60_000;

/** For how many times the time between two probes a process keeps to its share once the store is back: until all processes have found it. */
const CAREFUL = 5;

/**
 * What this process lets in by itself while the store is away: its share of each window and of all places. What it was granted by the store
 * counts against its share, so that an outage gives nobody a second helping; what it let in alone is told to the store afterwards; and until
 * all processes have done so, it lets in no more than both the store and its share allow.
 */
export class LocalShares {
  readonly #store: QuotaStore;
  readonly #link: StoreLink;
  readonly #clock: Clock;
  readonly #processes: number;
  readonly #retryMs: number;
  readonly #counts: QuotaStore;
  #untold: Untold[] = [];
  /** Gets what is let in now. */
  #open: Untold | undefined;
  #carefulUntil = Number.NEGATIVE_INFINITY;
  #timer: unknown;
  #telling: Promise<void> | undefined;
  #closed = false;

  constructor(
    store: QuotaStore,
    link: StoreLink,
    clock: Clock,
    { processes, retryMs }: { readonly processes: number; readonly retryMs: number },
  ) {
    this.#store = store;
    this.#link = link;
    this.#clock = clock;
    this.#processes = processes;
    this.#retryMs = retryMs;
    this.#counts = memoryQuota({ clock, maxCounters: MOST_COUNTERS });
  }

  /** The store is back, but may not know yet what other processes let in meanwhile. */
  get isCareful(): boolean {
    return this.#clock.now() < this.#carefulUntil;
  }

  /** The store granted it: it is counted here, too. */
  granted(id: string, limits: readonly SharedLimit[], leaseMs: number): void {
    try {
      void this.#counts.reserve({ id, limits: limits.map(withoutEnd), leaseMs });
    } catch {
      // No room for another counter: the store's own count is what holds.
    }
  }

  /** Takes from the share of this process. */
  reserve(id: string, limits: readonly SharedLimit[], leaseMs: number): QuotaDecision {
    const shares = limits.map((limit) => this.#shareOf(limit));
    return this.#counts.reserve({ id, limits: shares, leaseMs }) as QuotaDecision;
  }

  /** It was let in without the store, which shall hear of it. */
  letInAlone(id: string, limits: readonly SharedLimit[], leaseMs: number): void {
    const windows = limits.filter(isWindow);
    if (windows.length === 0) return;
    this.#open ??= this.#begin();
    const { counts, windows: known } = this.#open;
    const told = windows.filter((limit) => {
      const name = `${limit.windowMs}:${limit.key}`;
      if (!known.has(name) && known.size < MOST_UNTOLD) known.set(name, limit);
      return known.has(name);
    });
    void counts.reserve({ id, limits: told.map(withoutEnd), leaseMs });
    this.#arm();
  }

  settle(
    id: string,
    limits: readonly SharedLimit[],
    actual: readonly (number | undefined)[],
  ): void {
    void this.#counts.settle({ id, limits, actual });
    for (const { counts } of this.#untold) void counts.settle({ id, limits, actual });
  }

  renew(ids: readonly string[], leaseMs: number): void {
    void this.#counts.renew(ids, leaseMs);
  }

  /** The store is there again. */
  up(): void {
    this.#carefulUntil = this.#clock.now() + CAREFUL * this.#retryMs;
    void this.#tell();
  }

  async close(): Promise<void> {
    await this.#tell();
    this.#closed = true;
    this.#clock.clearTimer(this.#timer);
  }

  #begin(): Untold {
    const id = `away:${globalThis.crypto.randomUUID()}`;
    const counts = memoryQuota({ clock: this.#clock, maxCounters: MOST_COUNTERS });
    const untold: Untold = { id, counts, windows: new Map() };
    this.#untold.push(untold);
    if (this.#untold.length > MOST_OUTAGES) this.#untold.shift();
    return untold;
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      void this.#tell();
    }, this.#retryMs);
  }

  #tell(): Promise<void> {
    this.#telling ??= this.#tellAll();
    return this.#telling;
  }

  async #tellAll(): Promise<void> {
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#open = undefined;
    try {
      for (let first = this.#untold[0]; first !== undefined; first = this.#untold[0]) {
        await this.#tellOne(first);
        this.#untold = this.#untold.filter((untold) => untold !== first);
      }
    } catch {
      // The rest is told the next time.
    }
    this.#telling = undefined;
    if (this.#untold.length > 0) this.#arm();
  }

  /** Only what is still in its window. By one id, so that telling it again counts once. */
  async #tellOne({ id, counts, windows }: Untold): Promise<void> {
    const limits = [...windows.values()];
    for (let from = 0; from < limits.length; from += LIMITS_AT_ONCE) {
      const some = limits.slice(from, from + LIMITS_AT_ONCE);
      const states = await counts.read(some);
      const used = some
        .map((limit, index) => ({ ...withoutEnd(limit), amount: states[index]?.used ?? 0 }))
        .filter(({ amount }) => amount > 0);
      if (used.length === 0) continue;
      const told = { id: `${id}:${from}`, limits: used };
      await this.#link.run(() => this.#store.reserve({ ...told, leaseMs: TELL_LEASE_MS }));
      await this.#link.run(() => this.#store.settle({ ...told, actual: [] }));
    }
  }

  #shareOf<T extends SharedLimit>(limit: T): T {
    return { ...limit, limit: Math.max(1, Math.floor(limit.limit / this.#processes)) };
  }
}

/** What is only counted is never refused. */
function withoutEnd<T extends SharedLimit>(limit: T): T {
  return { ...limit, limit: Number.POSITIVE_INFINITY };
}

function isWindow(limit: SharedLimit): limit is WindowLimit {
  return limit.kind === 'window';
}
