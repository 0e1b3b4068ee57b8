import type { InferwayError } from '../../error.js';

const CAPACITY = 500;
const RETRY_COST = 5;
const TIMEOUT_COST = 10;
const SUCCESS_REFUND = 1;
// Labels of credentials may come from users: what is kept of them is bounded.
const MOST_KEYS = 1000;

/**
 * Bounds the retries of all calls together: a bucket of tokens for each provider and credential, as AWS's clients have it.
 * While a provider fails at every call the bucket runs dry and calls fail at once instead of multiplying the load;
 * successes fill it again.
 */
export class RetryQuota {
  // Only buckets that are not full.
  readonly #left = new Map<string, number>();

  /** Takes the tokens for one retry; 0 where the bucket holds too few. Give what was taken to `succeeded`. */
  take(key: string, error: InferwayError): number {
    const cost = error.code === 'timeout' ? TIMEOUT_COST : RETRY_COST;
    const left = this.#left.get(key) ?? CAPACITY;
    if (left < cost) return 0;
    this.#set(key, left - cost);
    return cost;
  }

  /** True while no bucket misses a token, so that a success has nothing to fill. */
  get full(): boolean {
    return this.#left.size === 0;
  }

  /** A call came through: its last retry's tokens come back, or one where it needed none. */
  succeeded(key: string, taken: number): void {
    const left = this.#left.get(key);
    if (left === undefined) return;
    const refund = taken === 0 ? SUCCESS_REFUND : taken;
    if (left + refund >= CAPACITY) this.#left.delete(key);
    else this.#left.set(key, left + refund);
  }

  #set(key: string, left: number): void {
    if (this.#left.size >= MOST_KEYS && !this.#left.has(key)) {
      const oldest = this.#left.keys().next();
      if (oldest.done !== true) this.#left.delete(oldest.value);
    }
    this.#left.set(key, left);
  }
}
