import { spendPeriodOf, type QuotaLimit, type QuotaState } from '@inferway/core/stores';

/** The least and the most that a store may say. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

interface Entry {
  readonly limit: QuotaLimit;
  readonly at: number;
  /** Counts now. */
  amount: number;
  readonly reserved: number;
}

interface Reserved {
  leaseEnd: number;
  readonly entries: readonly Entry[];
  settled: boolean;
}

/** A window may be counted as up to so much longer than it is. */
const LONGER = 1 / 16;

/**
 * What a quota store promises, written to be read: everything that was ever taken is kept in one list, and every question goes through all
 * of it. It follows the store where the contract leaves it free (how exactly a window slides).
 */
export class QuotaModel {
  readonly #entries: Entry[] = [];
  readonly #reserved = new Map<string, Reserved>();
  readonly #unknownSettled = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** True: must be granted; false: must be refused; undefined: either is right. */
  fits(limits: readonly QuotaLimit[]): boolean | undefined {
    let sure = true;
    for (const limit of limits) {
      const amount = amountOf(limit);
      const { least, most } = this.used(limit);
      if (amount > limit.limit || least + amount > limit.limit) return false;
      if (most + amount > limit.limit) sure = false;
    }
    return sure ? true : undefined;
  }

  isHeld(id: string): boolean {
    const reserved = this.#reserved.get(id);
    return reserved !== undefined && !reserved.settled && reserved.leaseEnd > this.#now();
  }

  reserve(id: string, limits: readonly QuotaLimit[], leaseMs: number): void {
    const at = this.#now();
    const entries = limits.map((limit): Entry => {
      const amount = amountOf(limit);
      return { limit, at, amount, reserved: amount };
    });
    this.#entries.push(...entries);
    this.#reserved.set(id, { leaseEnd: at + leaseMs, entries, settled: false });
  }

  settle(id: string, limits: readonly QuotaLimit[], actual: readonly (number | undefined)[]): void {
    const reserved = this.#reserved.get(id);
    if (reserved === undefined) this.#settleUnknown(id, limits, actual);
    else if (!reserved.settled) {
      reserved.settled = true;
      reserved.entries.forEach((entry, index) => {
        if (entry.limit.kind !== 'places') entry.amount = actual[index] ?? entry.reserved;
      });
    }
  }

  renew(id: string, leaseMs: number): void {
    const reserved = this.#reserved.get(id);
    if (reserved !== undefined && this.isHeld(id)) reserved.leaseEnd = this.#now() + leaseMs;
  }

  used(limit: QuotaLimit): Bounds {
    const now = this.#now();
    const of = this.#entries.filter((entry) => isSame(entry.limit, limit));
    if (limit.kind === 'window') {
      const longest = limit.windowMs * (1 + LONGER) + 1;
      return {
        least: total(of.filter(({ at }) => at > now - limit.windowMs)),
        most: total(of.filter(({ at }) => at > now - longest)),
      };
    }
    if (limit.kind === 'places') {
      const held = of.filter((entry) => this.#holds(entry)).length;
      return { least: held, most: held };
    }
    const { startsAt } = spendPeriodOf(limit.period, now);
    const spent = total(of.filter((entry) => entry.at >= startsAt && !this.#isFree(entry)));
    return { least: spent, most: spent };
  }

  held(limit: QuotaLimit): number {
    const { startsAt } =
      limit.kind === 'spend' ? spendPeriodOf(limit.period, this.#now()) : { startsAt: 0 };
    return total(
      this.#entries.filter(
        (entry) => isSame(entry.limit, limit) && entry.at >= startsAt && this.#holds(entry),
      ),
    );
  }

  /** What is wrong with the state that a store told; undefined if nothing. */
  contradicts(limit: QuotaLimit, state: QuotaState | undefined): string | undefined {
    const { least, most } = this.used(limit);
    const { used = -1, held } = state ?? {};
    if (used < least || used > most) return `used is ${used}, not from ${least} to ${most}`;
    if (limit.kind !== 'window' && held !== this.held(limit)) {
      return `held is ${held}, not ${this.held(limit)}`;
    }
    return undefined;
  }

  #settleUnknown(
    id: string,
    limits: readonly QuotaLimit[],
    actual: readonly (number | undefined)[],
  ): void {
    if (this.#unknownSettled.has(id)) return;
    this.#unknownSettled.add(id);
    limits.forEach((limit, index) => {
      if (limit.kind !== 'spend') return;
      const amount = actual[index] ?? limit.amount;
      this.#entries.push({ limit, at: this.#now(), amount, reserved: amount });
    });
  }

  #holds(entry: Entry): boolean {
    for (const [id, { entries }] of this.#reserved) {
      if (entries.includes(entry)) return this.isHeld(id);
    }
    return false;
  }

  /** Its lease ended before it was settled, and it was said to be free then. */
  #isFree(entry: Entry): boolean {
    if (entry.limit.kind !== 'spend' || entry.limit.lapse !== 'free') return false;
    for (const { entries, settled, leaseEnd } of this.#reserved.values()) {
      if (entries.includes(entry)) return !settled && leaseEnd <= this.#now();
    }
    return false;
  }
}

function isSame(one: QuotaLimit, other: QuotaLimit): boolean {
  if (one.kind !== other.kind || one.key !== other.key) return false;
  if (one.kind === 'window') return one.windowMs === (other as typeof one).windowMs;
  return one.kind === 'places' || one.period === (other as typeof one).period;
}

function amountOf(limit: QuotaLimit): number {
  return limit.kind === 'places' ? 1 : limit.amount;
}

function total(entries: readonly Entry[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}
