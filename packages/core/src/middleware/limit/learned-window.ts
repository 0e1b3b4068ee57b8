import type { LimitWindow } from '../../rate-limit.js';
import { wholeNumber } from './token-need.js';

/** How long the word of a provider is taken for, and how long a limit without a reset lasts. */
export interface Trust {
  readonly maxTrustMs: number;
}

// A window that nobody says the end of: short, since then one call finds out.
const UNKNOWN_RESET_MS = 1000;
// Providers round resets to seconds: a window's end that moves by less than this did not move.
const ROUNDING_MS = 1500;

/** One limit of a provider, as its last answer told of it. */
export class LearnedWindow {
  readonly #trust: Trust;
  #limit: number | undefined;
  #remaining = 0;
  /** All that was started when the answer's own call was. */
  #startedThen = 0;
  #at = 0;
  /** Monotonic time from which the answer says nothing more. */
  #until = 0;
  /** True where `until` is the provider's own word. */
  #isTold = false;
  /** Taken for whole again, and not told of since. */
  #isNew = false;
  /** Something had to wait for it. */
  #heldBack = false;
  /** Of each millisecond, where the limit fills again little by little. */
  #refill = 0;
  /** When the window ended by the first answer in it. */
  #firstReset = Number.NEGATIVE_INFINITY;

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /** An answer told of it. @param started All that was started up to and with the call that was answered. */
  learn(told: LimitWindow, started: number, now: number): void {
    const remaining = wholeNumber(told.remaining);
    const limit = wholeNumber(told.limit);
    if (remaining === undefined) return;
    // An answer to an earlier call, overtaken by that to a later one.
    if (started < this.#startedThen && now < this.#until) return;
    const resetMs = usableMs(told.resetMs);
    const reset = now + (resetMs ?? 0);
    if (resetMs === undefined || remaining > this.#remaining || now >= this.#until || this.#isNew) {
      // The window began anew, or nothing is known of it.
      this.#firstReset = reset;
      this.#isNew = false;
    }
    // A window ends when it ends. An end that moves away as more is used belongs to a limit that fills little by little.
    const moves = resetMs !== undefined && reset > this.#firstReset + ROUNDING_MS;
    const missing = (limit ?? remaining) - remaining;
    this.#refill = moves && missing > 0 ? missing / Math.max(1, resetMs) : 0;
    this.#limit = limit;
    this.#remaining = remaining;
    this.#heldBack = remaining === 0;
    this.#startedThen = started;
    this.#at = now;
    this.#isTold = resetMs !== undefined && resetMs <= this.#trust.maxTrustMs;
    this.#until = now + Math.min(resetMs ?? UNKNOWN_RESET_MS, this.#trust.maxTrustMs);
  }

  /** Milliseconds until `amount` more fits; 0 where it does, as far as is known. */
  waitMs(amount: number, started: number, now: number): number {
    if (now >= this.#until) return 0;
    const since = started - this.#startedThen;
    const left = this.#remaining + this.#refill * (now - this.#at) - since;
    // What never fits is for the provider to refuse; it is asked when all is free. A limit of 0 thus holds nobody up.
    const need = Math.min(amount, this.#limit ?? amount);
    if (left >= need) return 0;
    this.#heldBack = true;
    const end = this.#until - now;
    return this.#refill === 0 ? end : Math.min(end, Math.ceil((need - left) / this.#refill));
  }

  /** What is past its end is whole again where the provider said so. True where nobody did: one call has to find out. */
  expire(started: number, now: number): boolean {
    if (now < this.#until || this.#until === 0) return false;
    const guessed = !this.#isTold && this.#heldBack;
    this.#heldBack = false;
    if (this.#isTold && this.#limit !== undefined) {
      this.#remaining = this.#limit;
      this.#startedThen = started;
      this.#at = now;
      this.#refill = 0;
      this.#isNew = true;
      this.#isTold = false;
      this.#until = now + UNKNOWN_RESET_MS;
    } else {
      this.#until = 0;
    }
    return guessed;
  }
}

function usableMs(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 && Number.isFinite(ms) ? ms : undefined;
}
