import type { QuotaState } from '../quota-store.js';

/** The time of one decision. */
export interface Moment {
  /** Monotonic milliseconds: for windows and leases. */
  readonly now: number;
  /** Epoch milliseconds: for calendar periods. */
  readonly wall: number;
}

/** No time is known after which there would be room. */
export const NO_END: number = Number.MAX_VALUE;

/** Nobody knows how long, and it may be over at any time: where something else is known to take longer, that is what is waited for. */
export const SOME_TIME: number = Number.MIN_VALUE;

/** The counter has to be restored first. */
export const UNKNOWN = -1;

/** What one limit counts. */
export interface Counter {
  /** Milliseconds until `amount` fits below `limit`: 0 for now, `SOME_TIME`, `NO_END` or `UNKNOWN`. */
  waitMs(limit: number, amount: number, moment: Moment): number;
  /** Takes it without a question. `free`: spend that is not spent when its lease ends. */
  take(amount: number, leaseEnd: number, moment: Moment, free?: boolean): Take;
  state(moment: Moment): QuotaState;
  /** True where nothing would change if it was forgotten. */
  idle(moment: Moment): boolean;
}

/** What one reservation took from one counter. */
export interface Take {
  /** Replaces what was reserved. */
  settle(actual: number | undefined): void;
  /** The lease ended. */
  lapse(): void;
  renew(leaseEnd: number): void;
}
