import { BoundedMap } from '../../bounded-map.js';
import { badOption, checkCount, checkMs } from '../../option-checks.js';
import { RecentDurations } from './recent-durations.js';

/** A delay that follows what calls of a target take. */
export interface LearnedDelay {
  /** The share of calls that are done by then: 0.95 leaves the slowest twentieth. Above 0 and below 1. */
  readonly percentile: number;
  /** Calls of the target that must have been seen; before, none of its calls hedges. Default 20. */
  readonly minSamples?: number | undefined;
  /** Never sooner than this, in milliseconds. Default 10. */
  readonly minMs?: number | undefined;
}

/** When a further copy is due, by target. */
export interface HedgeDelay {
  /** Milliseconds; undefined as long as too little is known. */
  of(target: string): number | undefined;
  /** A copy took `ms`, or had not answered by then. */
  note(target: string, ms: number): void;
}

/** Reads the option. @throws {InferwayError} `configuration`. */
export function hedgeDelay(given: number | LearnedDelay): HedgeDelay {
  if (typeof given === 'number') {
    const ms = checkMs('hedge', 'delayMs', given);
    return { of: () => ms, note: () => {} };
  }
  if (typeof given !== 'object' || given === null) {
    throw badOption(
      'delayMs',
      `hedge: delayMs is ${String(given)}; give milliseconds, or { percentile: 0.95 } for a delay that is learned.`,
    );
  }
  const { percentile } = given;
  if (typeof percentile !== 'number' || !(percentile > 0 && percentile < 1)) {
    throw badOption(
      'delayMs.percentile',
      `hedge: delayMs.percentile is ${percentile}; give a share above 0 and below 1, such as 0.95.`,
    );
  }
  const minSamples = checkCount('hedge', 'delayMs.minSamples', given.minSamples ?? 20);
  if (minSamples > RecentDurations.KEPT) {
    throw badOption(
      'delayMs.minSamples',
      `hedge: delayMs.minSamples is ${minSamples}, but only the last ${RecentDurations.KEPT} calls of a target are kept: none would ever hedge. Give fewer.`,
    );
  }
  const minMs = checkMs('hedge', 'delayMs.minMs', given.minMs ?? 10);
  return new Learned(percentile, minSamples, minMs);
}

// Targets may be named by users: what is kept of them is bounded.
const MOST_TARGETS = 1000;

class Learned implements HedgeDelay {
  readonly #percentile: number;
  readonly #minSamples: number;
  readonly #minMs: number;
  readonly #targets = new BoundedMap<string, RecentDurations>(MOST_TARGETS);

  constructor(percentile: number, minSamples: number, minMs: number) {
    this.#percentile = percentile;
    this.#minSamples = minSamples;
    this.#minMs = minMs;
  }

  of(target: string): number | undefined {
    const durations = this.#targets.peek(target);
    if (durations === undefined || durations.count < this.#minSamples) return undefined;
    return Math.max(this.#minMs, durations.percentile(this.#percentile));
  }

  note(target: string, ms: number): void {
    const known = this.#targets.peek(target) ?? new RecentDurations();
    known.add(ms);
    this.#targets.set(target, known);
  }
}
