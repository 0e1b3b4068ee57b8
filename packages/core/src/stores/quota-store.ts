import type { SpendPeriod } from './spend-period.js';

/** At most `limit` in any window of `windowMs`, wherever it begins: a sliding window, so nothing doubles at an edge. */
export interface WindowLimit {
  readonly kind: 'window';
  /** Names the counter over all processes. At most 200 characters. */
  readonly key: string;
  readonly limit: number;
  /** What this reservation takes: a whole number of 0 or more (1 for a request; a count of tokens). */
  readonly amount: number;
  readonly windowMs: number;
}

/** At most `limit` at a time. A place is free again when its reservation is settled, or when its lease ends. */
export interface PlaceLimit {
  readonly kind: 'places';
  readonly key: string;
  readonly limit: number;
}

/** At most `limit` in a calendar period (UTC, by the store's clock) or in all. What a lease that ended had reserved counts as spent, unless it says otherwise. */
export interface SpendLimit {
  readonly kind: 'spend';
  readonly key: string;
  /** Nano-dollars, or whatever whole number is counted. */
  readonly limit: number;
  readonly amount: number;
  readonly period: SpendPeriod;
  /**
   * True where a ledger knows what was spent before: a counter that the store does not have (it is new, or the store lost it) is then refused
   * as `unknown` until `restore` has set it.
   */
  readonly restorable?: boolean | undefined;
  /**
   * What becomes of the amount when the lease ends and nobody settled: `spent`, as is right for a call, which may have been billed; `free` for
   * what is only put aside, and of which little or nothing was spent. What is settled later counts either way. Default `spent`.
   */
  readonly lapse?: 'spent' | 'free' | undefined;
}

/** One thing that a reservation takes from. */
export type QuotaLimit = WindowLimit | PlaceLimit | SpendLimit;

/** What one call or attempt may use at most, of each limit that it counts in. */
export interface Reservation {
  /** Unique over all processes. Reserving again with an id that is held answers as granted and takes nothing more; one with spend that was settled is refused: it was given up, and arrives after that. */
  readonly id: string;
  /** Taken all together or not at all: what one limit refuses, the others do not lose. */
  readonly limits: readonly QuotaLimit[];
  /** For how long it holds without `settle` or `renew`, so that a process that died blocks nobody for longer. */
  readonly leaseMs: number;
}

/** How a limit stands after a decision. */
export interface QuotaState {
  /** Taken in the window or period, or places held; reservations included. */
  readonly used: number;
  /** Part of `used` that is reserved and not settled (`spend` and `places`). */
  readonly held?: number | undefined;
  /** Milliseconds until a `window` is empty again, or until the period of a `spend` limit ends; absent where that is not known. */
  readonly resetMs?: number | undefined;
}

/** The answer to a reservation. `states` stand in the order of the limits. */
export type QuotaDecision = QuotaGranted | QuotaRefused;

/** All of it is reserved. How each limit stands, in the order of the limits. */
export interface QuotaGranted {
  readonly granted: true;
  readonly states: readonly QuotaState[];
}

/** Nothing of it is reserved. How each limit stands, in the order of the limits. */
export interface QuotaRefused {
  readonly granted: false;
  /** The index of the limit that refused: of several, the one that takes longest to allow it. */
  readonly refused: number;
  /** `full`: there is no room; `never`: `amount` is more than `limit`; `unknown`: see `SpendLimit.restorable`. */
  readonly reason: 'full' | 'never' | 'unknown';
  /** Milliseconds until there may be room, where that can be known. */
  readonly retryAfterMs?: number | undefined;
  readonly states: readonly QuotaState[];
}

/** A reservation that its store gave out of hand: no name, no lease, held until it is settled or lapses. */
export interface QuotaHold {
  readonly granted: true;
  /** How its limits stand now, in their order. */
  states(): readonly QuotaState[];
  /** Replaces what was reserved by what was used, as `Settlement.actual` says, and frees places. Only the first time counts. */
  settle(actual: readonly (number | undefined)[]): void;
  /** Nobody may ever settle it: what was reserved counts, and places are free, as when a lease ends. Settling it after that puts it right. */
  lapse(): void;
}

/** The end of a reservation. */
export interface Settlement {
  readonly id: string;
  /** The limits of the reservation, so that what a store lost can be counted after all. */
  readonly limits: readonly QuotaLimit[];
  /** What was really used, in the order of the limits; undefined: as reserved. May be more than was reserved. Ignored for `places`. */
  readonly actual: readonly (number | undefined)[];
}

/**
 * Counts what is used over all processes, atomically and on one clock (the store's own). Each method is one round trip. A store that answers
 * from memory may do so without a promise. Its failures are thrown; what happens then is decided by who uses it, not by the store.
 */
export interface QuotaStore {
  reserve(reservation: Reservation): QuotaDecision | Promise<QuotaDecision>;
  /**
   * The same for who lives and dies with the store: only a store in this process has it. It saves what names and leases cost, which is more
   * than the counting itself. Who holds must settle or let lapse: nothing ends by itself.
   */
  hold?: ((limits: readonly QuotaLimit[]) => QuotaHold | QuotaRefused) | undefined;
  /**
   * Replaces what was reserved by what was used, in the window or period in which it was reserved, and frees places. Settling twice counts once.
   * A reservation that the store does not know any more (lease over long ago, store lost it) is counted now in its `spend` limits.
   */
  settle(settlement: Settlement): readonly QuotaState[] | Promise<readonly QuotaState[]>;
  /** Holds reservations for `leaseMs` from now; those that are not held any more are left alone. */
  renew(ids: readonly string[], leaseMs: number): void | Promise<void>;
  /** How limits stand now. Takes nothing. */
  read(limits: readonly QuotaLimit[]): readonly QuotaState[] | Promise<readonly QuotaState[]>;
  /**
   * Sets what a `spend` counter of this period had used before, once: where it was set already, nothing changes. What the store counted
   * meanwhile is added to it.
   *
   * @param startsAt When the period began that was summed. Where the store's clock is in another one, nothing changes: else a sum that was made
   * just before midnight would fill the next day. Default: the store's period, unchecked.
   */
  restore(limit: SpendLimit, used: number, startsAt?: number): void | Promise<void>;
  /** True for the first who asks with this name within `ttlMs`, over all processes: so that an alert is sent once. */
  claim(name: string, ttlMs: number): boolean | Promise<boolean>;
  /** Releases connections. */
  close?(): Promise<void>;
}
