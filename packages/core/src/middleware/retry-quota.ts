import { BoundedMap } from '../bounded-map.js';
import type { InferwayError } from '../error.js';

// Twenty retries: what an outage may cost beyond one attempt a call, however long it lasts. See docs/decisions/0018.
const CAPACITY = 120;
const RETRY_COST = 6;
const TIMEOUT_COST = 12;
const SUCCESS_REFUND = 1;
// Labels of credentials may come from users: what is kept of them is bounded.
const MOST_KEYS = 1000;

/** Whom the calls of a bucket go to. */
export interface QuotaOwner {
  readonly provider: string;
  readonly credential: string | undefined;
}

/** The tokens that a retry took. */
export interface Taken {
  readonly key: string;
  readonly tokens: number;
}

/**
 * Bounds the retries of all calls together by buckets of tokens. While a provider fails at every call its bucket runs dry and calls fail at once
 * instead of multiplying the load; successes fill it again: one retry for six of them.
 *
 * A rate limit is a matter of one credential and has a bucket of its own, so that one tenant's key takes no retries from the others. All else is the
 * provider's fault, and is counted over all of its credentials: more keys must not mean more load on a provider that is down.
 */
export class RetryQuota {
  // Only buckets that are not full.
  readonly #left = new BoundedMap<string, number>(MOST_KEYS);

  /** Takes the tokens for one retry; undefined where the bucket holds too few. Give what was taken to `succeeded`. */
  take(owner: QuotaOwner, error: InferwayError): Taken | undefined {
    const key = error.code === 'rate_limit' ? credentialKey(owner) : owner.provider;
    const tokens = error.code === 'timeout' ? TIMEOUT_COST : RETRY_COST;
    const left = this.#left.peek(key) ?? CAPACITY;
    if (left < tokens) return undefined;
    this.#left.set(key, left - tokens);
    return { key, tokens };
  }

  /** True while no bucket misses a token, so that a success has nothing to fill. */
  get full(): boolean {
    return this.#left.size === 0;
  }

  /** A call came through: its last retry's tokens come back, or one where it needed none. */
  succeeded(owner: QuotaOwner, taken: Taken | undefined): void {
    if (taken !== undefined) {
      this.#give(taken.key, taken.tokens);
      return;
    }
    this.#give(owner.provider, SUCCESS_REFUND);
    this.#give(credentialKey(owner), SUCCESS_REFUND);
  }

  #give(key: string, tokens: number): void {
    const left = this.#left.peek(key);
    if (left === undefined) return;
    if (left + tokens >= CAPACITY) this.#left.delete(key);
    else this.#left.set(key, left + tokens);
  }
}

// No provider's name holds a line end.
function credentialKey({ provider, credential = '' }: QuotaOwner): string {
  return `${provider}\n${credential}`;
}
