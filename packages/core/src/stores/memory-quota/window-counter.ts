import type { QuotaState } from '../quota-store.js';
import type { Counter, Moment, Take } from './counter.js';

/** A window is counted in so many slices. */
const SLICES = 32;

interface Slice {
  /** When even its youngest part has left the window. */
  readonly goneAt: number;
  sum: number;
  /** It has left the total. */
  isGone: boolean;
}

/**
 * A sliding window that is never over: what was taken is summed in slices of 1/32 of the window, and a slice counts as a whole until its end
 * has left the window. So any window, wherever it begins, holds no more than the limit; room comes back up to one slice late; and a counter
 * is 34 numbers at most, however much is taken.
 */
export class WindowCounter implements Counter {
  readonly #windowMs: number;
  readonly #sliceMs: number;
  /** The oldest first. */
  readonly #slices: Slice[] = [];
  #total = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#sliceMs = Math.ceil(windowMs / SLICES);
  }

  waitMs(limit: number, amount: number, { now }: Moment): number {
    this.#forget(now);
    let over = this.#total + amount - limit;
    if (over <= 0) return 0;
    for (const { sum, goneAt } of this.#slices) {
      over -= sum;
      if (over <= 0) return goneAt - now;
    }
    return this.#windowMs;
  }

  take(amount: number, _leaseEnd: number, { now }: Moment): Take {
    const goneAt = (Math.floor(now / this.#sliceMs) + 1) * this.#sliceMs + this.#windowMs;
    let slice = this.#slices[this.#slices.length - 1];
    if (slice === undefined || slice.goneAt < goneAt) {
      slice = { goneAt, sum: 0, isGone: false };
      this.#slices.push(slice);
    }
    this.#add(slice, amount);
    return new WindowTake(this, slice, amount);
  }

  /** Replaces `before` by `after` in a slice, where it still counts. No look at the clock: a slice that is due goes with what it then holds. */
  correct(slice: Slice, before: number, after: number): void {
    if (!slice.isGone) this.#add(slice, after - before);
  }

  state({ now }: Moment): QuotaState {
    this.#forget(now);
    let last = this.#slices[this.#slices.length - 1];
    if (last?.sum === 0) last = this.#slices.findLast(({ sum }) => sum > 0);
    return { used: this.#total, resetMs: last === undefined ? 0 : Math.ceil(last.goneAt - now) };
  }

  idle({ now }: Moment): boolean {
    this.#forget(now);
    return this.#slices.length === 0;
  }

  #add(slice: Slice, amount: number): void {
    slice.sum += amount;
    this.#total += amount;
  }

  #forget(now: number): void {
    for (let oldest = this.#slices[0]; oldest !== undefined; oldest = this.#slices[0]) {
      if (oldest.goneAt > now) return;
      this.#total -= oldest.sum;
      oldest.isGone = true;
      this.#slices.shift();
    }
  }
}

class WindowTake implements Take {
  readonly #counter: WindowCounter;
  readonly #slice: Slice;
  readonly #amount: number;

  constructor(counter: WindowCounter, slice: Slice, amount: number) {
    this.#counter = counter;
    this.#slice = slice;
    this.#amount = amount;
  }

  settle(actual: number | undefined): void {
    if (actual === undefined || actual === this.#amount) return;
    this.#counter.correct(this.#slice, this.#amount, actual);
  }

  // It stays counted as it was reserved.
  lapse(): void {}

  renew(): void {}
}
