/** A bucket that holds `limit` and fills again evenly within one minute. Times are monotonic milliseconds. */
export class TokenBucket {
  readonly limit: number;
  #level: number;
  #at: number;

  constructor(limit: number, now: number) {
    this.limit = limit;
    this.#level = limit;
    this.#at = now;
  }

  /** What may be taken now, a whole number, never below 0. */
  remaining(now: number): number {
    this.#fill(now);
    return Math.max(0, Math.floor(this.#level));
  }

  /** Milliseconds until the bucket is full again. */
  resetMs(now: number): number {
    this.#fill(now);
    return ((this.limit - this.#level) / this.limit) * 60_000;
  }

  /** Milliseconds until `amount` can be taken; 0 where it can be now. More than the limit counts as the limit. */
  waitMs(amount: number, now: number): number {
    this.#fill(now);
    const missing = Math.min(amount, this.limit) - this.#level;
    return missing <= 0 ? 0 : (missing / this.limit) * 60_000;
  }

  /** Takes `amount`, below zero if need be; a negative amount gives back. */
  take(amount: number, now: number): void {
    this.#fill(now);
    this.#level = Math.min(this.limit, this.#level - amount);
  }

  #fill(now: number): void {
    const elapsed = Math.max(0, now - this.#at);
    this.#level = Math.min(this.limit, this.#level + (elapsed * this.limit) / 60_000);
    this.#at = now;
  }
}
