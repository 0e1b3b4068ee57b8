import { systemClock, type Clock } from '../clock.js';
import { checkCount, checkMs } from '../option-checks.js';
import { checkLimits, checkReservation, checkSettlement, checkWhole } from './check-quota.js';
import { NO_END, SOME_TIME, UNKNOWN, type Moment, type Take } from './memory-quota/counter.js';
import { Counters } from './memory-quota/counters.js';
import { DecisionTime } from './memory-quota/decision-time.js';
import { LeaseHeap, type Leased } from './memory-quota/lease-heap.js';
import { MemoryHold, type HoldKeeper } from './memory-quota/memory-hold.js';
import { RecentMap } from '../recent-map.js';
import { Shelf } from './memory-quota/shelf.js';
import type {
  QuotaDecision,
  QuotaHold,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  QuotaStore,
  Reservation,
  Settlement,
  SpendLimit,
} from './quota-store.js';

export interface MemoryQuotaOptions {
  /** Counters in use at one time, of each length of window and each period. What is idle is forgotten. Default 250,000. */
  readonly maxCounters?: number | undefined;
  /** Settled reservations, and as many ended leases, that are remembered at least, so that settling twice counts once and settling late corrects. Default 10,000. */
  readonly maxRemembered?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** For how long a reservation whose lease ended can be corrected. */
const LATE_MS = 24 * 3_600_000;

interface Held extends Leased {
  readonly id: string;
  /** In the order of the limits. */
  readonly takes: readonly Take[];
  readonly limits: readonly QuotaLimit[];
}

/** Counts in this process. Answers at once, without timers; what nobody uses any more is forgotten. */
export function memoryQuota(options: MemoryQuotaOptions = {}): QuotaStore {
  const most = checkCount('memoryQuota', 'maxCounters', options.maxCounters ?? 250_000);
  const remembered = checkCount('memoryQuota', 'maxRemembered', options.maxRemembered ?? 10_000);
  return new MemoryQuota(most, remembered, options.clock ?? systemClock);
}

class MemoryQuota implements QuotaStore, HoldKeeper {
  readonly #counters: Counters;
  readonly #claims: Shelf<Claim>;
  readonly #held = new Map<string, Held>();
  readonly #leases = new LeaseHeap<Held>();
  /** Whose lease ended, for as long as they can be corrected. */
  readonly #lapsed: RecentMap<Held>;
  /** What is settled, where settling it again would count again. Its ids are never granted again. */
  readonly #settled: RecentMap<true>;
  readonly #time: DecisionTime;

  constructor(most: number, remembered: number, clock: Clock) {
    this.#time = new DecisionTime(clock);
    this.#counters = new Counters(most);
    this.#claims = new Shelf(most, () => new Claim());
    this.#lapsed = new RecentMap(remembered);
    this.#settled = new RecentMap(remembered);
  }

  reserve(reservation: Reservation): QuotaDecision {
    checkReservation(reservation);
    const moment = this.begin();
    const { id, limits, leaseMs } = reservation;
    if (this.#held.has(id)) return { granted: true, states: this.states(limits, moment) };

    if (this.#settled.get(id) === true) return settledBefore(this.states(limits, moment));

    const leaseEnd = moment.now + leaseMs;
    const takes = this.#take(limits, leaseEnd, moment);
    if (!Array.isArray(takes)) return refused(takes, this.states(limits, moment));
    const held: Held = { id, takes, limits, leaseEnd, position: -1 };
    this.#held.set(id, held);
    this.#leases.add(held);
    return { granted: true, states: this.states(limits, moment) };
  }

  hold(limits: readonly QuotaLimit[]): QuotaHold | QuotaRefused {
    checkLimits(limits);
    const moment = this.begin();
    const takes = this.#take(limits, NEVER, moment);
    return Array.isArray(takes)
      ? new MemoryHold(this, limits, takes)
      : refused(takes, this.states(limits, moment));
  }

  settle(settlement: Settlement): readonly QuotaState[] {
    checkSettlement(settlement);
    const moment = this.begin();
    const { id, limits, actual } = settlement;
    const running = this.#held.get(id);
    if (running === undefined && this.#settled.get(id) === true) return this.states(limits, moment);
    const held = running ?? this.#late(id, moment);
    if (running !== undefined) {
      this.#held.delete(id);
      this.#leases.remove(running);
    }
    if (held === undefined) this.#count(settlement, moment);
    else {
      const { takes } = held;
      for (let index = 0; index < takes.length; index++) takes[index]?.settle(actual[index]);
    }
    if (limits.some(isSpend) || this.#lapsed.get(id) !== undefined) this.#settled.set(id, true);
    return this.states(limits, moment);
  }

  renew(ids: readonly string[], leaseMs: number): void {
    checkMs('renew', 'leaseMs', leaseMs);
    const { now } = this.begin();
    for (const id of ids) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      held.leaseEnd = now + leaseMs;
      this.#leases.moved(held);
      for (const take of held.takes) take.renew(held.leaseEnd);
    }
  }

  read(limits: readonly QuotaLimit[]): readonly QuotaState[] {
    checkLimits(limits);
    return this.states(limits, this.begin());
  }

  restore(limit: SpendLimit, used: number, startsAt?: number): void {
    checkLimits([limit]);
    checkWhole('used', used);
    const moment = this.begin();
    this.#counters.spend(limit, moment).restore(used, startsAt, moment);
  }

  claim(name: string, ttlMs: number): boolean {
    checkMs('claim', 'ttlMs', ttlMs);
    const moment = this.begin();
    const claim = this.#claims.ensure(name, moment);
    if (!claim.idle(moment)) return false;
    claim.until = moment.now + ttlMs;
    return true;
  }

  /** Takes from all of them, or from none and says why. */
  #take(limits: readonly QuotaLimit[], leaseEnd: number, moment: Moment): Take[] | Refusal {
    const takes: Take[] = [];
    try {
      const refusal = this.#takeWhatFits(limits, leaseEnd, moment, takes);
      if (refusal === undefined) return takes;
      giveBack(takes);
      return refusal;
    } catch (reason) {
      giveBack(takes);
      throw reason;
    }
  }

  /**
   * Takes what fits, one after another, so that two limits of one counter see each other and none is swept away before it is used. Gives what
   * refuses for the longest; then `takes` have to be given back.
   */
  #takeWhatFits(
    limits: readonly QuotaLimit[],
    leaseEnd: number,
    moment: Moment,
    takes: Take[],
  ): Refusal | undefined {
    let refusal: Refusal | undefined;
    for (let index = 0; index < limits.length; index++) {
      const limit = limits[index] as QuotaLimit;
      const amount = limit.kind === 'places' ? 1 : limit.amount;
      const counter = this.#counters.of(limit, moment);
      const waitMs = amount > limit.limit ? NEVER : counter.waitMs(limit.limit, amount, moment);
      if (waitMs === 0) takes.push(counter.take(amount, leaseEnd, moment, isFree(limit)));
      else if (refusal === undefined || waitMs > refusal.waitMs) refusal = { index, waitMs };
    }
    return refusal;
  }

  /** The time of a decision, with what has ended by then ended. */
  begin(): Moment {
    const moment = this.#time.next();
    for (let first = this.#leases.first; first !== undefined; first = this.#leases.first) {
      if (first.leaseEnd > moment.now) break;
      this.#leases.remove(first);
      this.#held.delete(first.id);
      for (const take of first.takes) take.lapse();
      if (first.limits.every(({ kind }) => kind === 'places')) continue;
      this.#lapsed.set(first.id, first);
    }
    return moment;
  }

  #late(id: string, { now }: Moment): Held | undefined {
    const lapsed = this.#lapsed.get(id);
    return lapsed !== undefined && lapsed.leaseEnd + LATE_MS > now ? lapsed : undefined;
  }

  #count({ limits, actual }: Settlement, moment: Moment): void {
    limits.forEach((limit, index) => {
      if (limit.kind !== 'spend') return;
      this.#counters.spend(limit, moment).spend(actual[index] ?? limit.amount, moment);
    });
  }

  states(limits: readonly QuotaLimit[], moment: Moment): QuotaState[] {
    return limits.map((limit) => this.#counters.state(limit, moment));
  }
}

function giveBack(takes: readonly Take[]): void {
  for (const take of takes) take.settle(0);
}

function isFree(limit: QuotaLimit): boolean {
  return limit.kind === 'spend' && limit.lapse === 'free';
}

function isSpend({ kind }: QuotaLimit): boolean {
  return kind === 'spend';
}

const NEVER = Number.POSITIVE_INFINITY;

interface Refusal {
  readonly index: number;
  readonly waitMs: number;
}

function refused({ index, waitMs }: Refusal, states: readonly QuotaState[]): QuotaRefused {
  const answer = { granted: false, refused: index, states } as const;
  if (waitMs === NEVER) return { ...answer, reason: 'never' };
  if (waitMs === UNKNOWN) return { ...answer, reason: 'unknown' };
  if (waitMs === NO_END || waitMs === SOME_TIME) return { ...answer, reason: 'full' };
  return { ...answer, reason: 'full', retryAfterMs: Math.ceil(waitMs) };
}

function settledBefore(states: readonly QuotaState[]): QuotaRefused {
  return { granted: false, refused: 0, reason: 'full', states };
}

/** A name that was asked for. */
class Claim {
  until = 0;

  idle({ now }: Moment): boolean {
    return this.until <= now;
  }
}
