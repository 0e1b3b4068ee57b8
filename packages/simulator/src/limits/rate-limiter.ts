import type { Clock } from '@inferway/core';
import { TokenBucket } from './token-bucket.js';

/** What one credential may use of one model in a minute; what is left out is not limited. */
export interface Limits {
  readonly requestsPerMinute?: number | undefined;
  /** Input and output together. */
  readonly tokensPerMinute?: number | undefined;
  readonly inputTokensPerMinute?: number | undefined;
  readonly outputTokensPerMinute?: number | undefined;
}

export type LimitName = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens';

/** The state of one limit as an answer's headers tell it. */
export interface LimitState {
  readonly name: LimitName;
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** What a request will probably use. */
export interface Claim {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A request that was let in, or not. */
export interface Admission {
  /** The first limit that had no room, and how long until it has. */
  readonly denied?: { readonly state: LimitState; readonly retryAfterMs: number } | undefined;
  readonly states: readonly LimitState[];
  /** Puts what was truly used in the place of the claim. */
  settle(used: Claim): void;
}

const NAMES: readonly (readonly [LimitName, keyof Limits])[] = [
  ['requests', 'requestsPerMinute'],
  ['tokens', 'tokensPerMinute'],
  ['inputTokens', 'inputTokensPerMinute'],
  ['outputTokens', 'outputTokensPerMinute'],
];

/** Counts requests and tokens per credential and model. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets a request in where every limit has room for it; a request that is not let in takes nothing. */
  admit(scope: string, limits: Limits, claim: Claim): Admission {
    const now = this.#clock.now();
    const used = NAMES.flatMap(([name, setting]) => {
      const limit = limits[setting];
      if (limit === undefined || !Number.isFinite(limit)) return [];
      return [{ name, bucket: this.#bucket(`${scope} ${name} ${limit}`, limit, now) }];
    });
    const full = used
      .map(({ name, bucket }) => ({ name, bucket, wait: bucket.waitMs(amount(name, claim), now) }))
      .find(({ wait }) => wait > 0);
    if (full === undefined)
      for (const { name, bucket } of used) bucket.take(amount(name, claim), now);
    const state = ({ name, bucket }: (typeof used)[number]): LimitState => ({
      name,
      limit: bucket.limit,
      remaining: bucket.remaining(now),
      resetMs: bucket.resetMs(now),
    });
    return {
      denied: full === undefined ? undefined : { state: state(full), retryAfterMs: full.wait },
      states: used.map(state),
      settle: (actual) => {
        if (full !== undefined) return;
        const later = this.#clock.now();
        for (const { name, bucket } of used) {
          bucket.take(amount(name, actual) - amount(name, claim), later);
        }
      },
    };
  }

  #bucket(key: string, limit: number, now: number): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = new TokenBucket(limit, now)));
    return bucket;
  }
}

function amount(name: LimitName, claim: Claim): number {
  switch (name) {
    case 'requests':
      return 1;
    case 'tokens':
      return claim.inputTokens + claim.outputTokens;
    case 'inputTokens':
      return claim.inputTokens;
    case 'outputTokens':
      return claim.outputTokens;
  }
}
