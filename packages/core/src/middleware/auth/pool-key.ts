import type { Credential } from '../../credential.js';
import type { ErrorCode } from '../../error-code.js';

/** Why a key rests: it was refused so, its last answer said that nothing remains, or another process said so. */
export type RestReason = ErrorCode | 'remaining' | 'elsewhere';

/**
 * How a rest is known: `told` where the provider refused the key and said for how long, `refused` where it did not say, `expected` where the key was
 * not refused here.
 */
export type RestKind = 'told' | 'refused' | 'expected';

/** One key of a pool. All times are monotonic milliseconds. */
export class PoolKey {
  readonly credential: Credential;
  readonly #step: number;
  restsUntil = 0;
  reason: RestReason | undefined;
  kind: RestKind = 'expected';
  /** How much of its share it has had: the key with the least is next. */
  share = 0;
  /** Which use of the pool was its last. */
  usedAs = -1;
  #rested = false;

  constructor(credential: Credential, weight: number) {
    this.credential = credential;
    this.#step = 1 / weight;
  }

  /** Lets it rest, unless it rests longer already. What was only expected never stands against what happened. */
  rest(ms: number, now: number, reason: RestReason, kind: RestKind): boolean {
    const expected = this.kind === 'expected';
    if (this.restsUntil > now && kind === 'expected' && !expected) return false;
    const overrides = expected && kind !== 'expected';
    if (now + ms <= this.restsUntil && !overrides) return false;
    this.restsUntil = now + ms;
    this.reason = reason;
    this.kind = kind;
    this.#rested = true;
    return true;
  }

  use(turn: number): this {
    this.share += this.#step;
    this.usedAs = turn;
    return this;
  }

  /** True until it is used again after a rest. */
  get hasRested(): boolean {
    return this.#rested;
  }

  /** It has no calls to make up for that others had while it rested. */
  catchUp(share: number): void {
    if (share > this.share) this.share = share;
    this.#rested = false;
  }
}

/** The key that is next among those that do not rest: the one that had the least of its share, of several the one that was used longest ago. */
export function nextKey(keys: readonly PoolKey[], now: number): PoolKey | undefined {
  // Where those begin that come back: with the least of the others, or, where none went on, with the most of themselves.
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const key of keys) {
    if (key.restsUntil > now) continue;
    if (!key.hasRested) least = Math.min(least, key.share);
    most = Math.max(most, key.share);
  }
  let next: PoolKey | undefined;
  for (const key of keys) {
    if (key.restsUntil > now) continue;
    if (key.hasRested) key.catchUp(Math.min(least, most));
    if (next === undefined || isBefore(key, next)) next = key;
  }
  return next;
}

/** The key whose rest is over first. */
export function firstAwake(keys: readonly PoolKey[]): PoolKey | undefined {
  let first: PoolKey | undefined;
  for (const key of keys) if (first === undefined || key.restsUntil < first.restsUntil) first = key;
  return first;
}

function isBefore(one: PoolKey, other: PoolKey): boolean {
  return one.share === other.share ? one.usedAs < other.usedAs : one.share < other.share;
}
