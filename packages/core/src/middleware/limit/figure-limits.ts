import { hash } from 'node:crypto';
import { RecentMap } from '../../recent-map.js';
import type { QuotaLimit } from '../../stores/quota-store.js';
import type { LimitPlace } from './limit-error.js';

// What a store's keys may have.
const LONGEST_KEY = 200;
// Callers come again and again; values beyond it cost no more than they did the first time.
const MOST_KNOWN = 1000;

/**
 * What one figure takes from the counters of its values. Keys, and all that is the same for each call of a value, are made once: in the path of
 * calls, making and hashing text costs more than counting.
 */
export class FigureLimits {
  readonly #place: LimitPlace;
  readonly #stem: string;
  readonly #max: number;
  readonly #windowMs: number | undefined;
  readonly #known = new RecentMap<QuotaLimit>(MOST_KNOWN);

  constructor(place: LimitPlace, stem: string, max: number, windowMs: number | undefined) {
    this.#place = place;
    this.#stem = stem;
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** @param value What is counted apart. @param amount Ignored for places. */
  of(value: string, amount: number): QuotaLimit {
    let limit = this.#known.get(value);
    if (limit === undefined) {
      limit = this.#made(value, amount);
      // A value may be of any length, and is the caller's to choose.
      if (value.length <= LONGEST_KEY) this.#known.set(value, limit);
    }
    if (limit.kind !== 'window' || limit.amount === amount) return limit;
    const { key, windowMs } = limit;
    return { kind: 'window', key, limit: this.#max, amount, windowMs };
  }

  #made(value: string, amount: number): QuotaLimit {
    const key = keyOf(`${this.#place}|${this.#stem}|${value}`);
    const windowMs = this.#windowMs;
    if (windowMs === undefined) return { kind: 'places', key, limit: this.#max };
    return { kind: 'window', key, limit: this.#max, amount, windowMs };
  }
}

// A cut key would let two users share a count; a hashed one does not, nor one with half a character in it, which UTF-8 cannot tell from others.
function keyOf(key: string): string {
  return key.length <= LONGEST_KEY
    ? key
    : `long|${hash('sha256', Buffer.from(key, 'utf16le'), 'base64url')}`;
}
