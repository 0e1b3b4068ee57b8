import { checkCount, checkMs } from '../option-checks.js';
import { BoundedMap } from '../bounded-map.js';

/** What one call showed of a target's speed. */
export interface SpeedSample {
  /** Until the first content of a stream, in milliseconds. */
  readonly ttftMs?: number | undefined;
  /** Of a stream, from its first content to its end. */
  readonly msPerToken?: number | undefined;
  /** Of a unary call, from its start to its answer. */
  readonly durationMs?: number | undefined;
  /** The same by output tokens, where they were counted. */
  readonly durationMsPerToken?: number | undefined;
  /** True where the target failed; it then has no times. */
  readonly failed: boolean;
}

/** What is known of a target's speed now: means in which what is older counts for less. */
export interface SpeedFigures {
  readonly ttftMs?: number | undefined;
  readonly msPerToken?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly durationMsPerToken?: number | undefined;
  /** The share of calls that failed, 0 to 1. */
  readonly failing: number;
  /** Milliseconds since the last sample. */
  readonly ageMs: number;
}

/**
 * Where a router keeps what it measured. The one of `memorySpeeds` is of this process. One that several processes share answers from a copy
 * of its own, too: it is asked for each candidate of each call, and cannot be waited for.
 */
export interface SpeedBook {
  /** @param target The operation and the target: `chat openai/gpt-5`. @param now Monotonic milliseconds. */
  read(target: string, now: number): SpeedFigures | undefined;
  record(target: string, sample: SpeedSample, now: number): void;
}

/** How long what was measured counts. */
export interface MemorySpeedsOptions {
  /** After this time a sample counts half. Default 60,000. */
  readonly halfLifeMs?: number | undefined;
  /** Targets that are remembered; the one that was not used for the longest is forgotten. Default 1,000. */
  readonly maxTargets?: number | undefined;
}

const FIGURES = ['ttftMs', 'msPerToken', 'durationMs', 'durationMsPerToken', 'failing'] as const;
type Figure = (typeof FIGURES)[number];

/** Measured speeds in this process. */
export function memorySpeeds(options: MemorySpeedsOptions = {}): SpeedBook {
  const halfLifeMs = checkMs('memorySpeeds', 'halfLifeMs', options.halfLifeMs ?? 60_000);
  const most = checkCount('memorySpeeds', 'maxTargets', options.maxTargets ?? 1000);
  const targets = new BoundedMap<string, Decaying>(most);
  return {
    read: (target, now) => targets.peek(target)?.read(now),
    record(target, sample, now) {
      let found = targets.get(target);
      if (found === undefined) targets.set(target, (found = new Decaying(halfLifeMs)));
      found.add(sample, now);
    },
  };
}

/** Means over samples whose weights halve with time. */
class Decaying {
  readonly #halfLifeMs: number;
  readonly #sums = new Map<Figure, number>();
  readonly #weights = new Map<Figure, number>();
  #at = 0;

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  add(sample: SpeedSample, now: number): void {
    const kept = 2 ** (-Math.max(0, now - this.#at) / this.#halfLifeMs);
    this.#at = now;
    for (const figure of FIGURES) {
      const value = figure === 'failing' ? Number(sample.failed) : sample[figure];
      const weight = (this.#weights.get(figure) ?? 0) * kept;
      const sum = (this.#sums.get(figure) ?? 0) * kept;
      // Below this nothing is left of the old ones that a number could hold.
      const old = weight > 1e-9;
      if (value === undefined || !Number.isFinite(value)) {
        if (old) {
          this.#weights.set(figure, weight);
          this.#sums.set(figure, sum);
        } else {
          this.#weights.delete(figure);
        }
      } else {
        this.#weights.set(figure, old ? weight + 1 : 1);
        this.#sums.set(figure, old ? sum + value : value);
      }
    }
  }

  read(now: number): SpeedFigures {
    const mean = (figure: Figure): number | undefined => {
      const weight = this.#weights.get(figure);
      return weight === undefined ? undefined : (this.#sums.get(figure) ?? 0) / weight;
    };
    return {
      ttftMs: mean('ttftMs'),
      msPerToken: mean('msPerToken'),
      durationMs: mean('durationMs'),
      durationMsPerToken: mean('durationMsPerToken'),
      failing: mean('failing') ?? 0,
      ageMs: Math.max(0, now - this.#at),
    };
  }
}
