import type { TargetState } from './target-map.js';

export interface AimdRules {
  readonly initial: number;
  readonly max: number;
  /** What an overload leaves of the limit. */
  readonly backoff: number;
}

// A burst of refusals says one thing, not many.
const BETWEEN_DECREASES_MS = 1000;

/**
 * How many calls a target takes at a time, found by trying: one more for each round of calls that went well while all places were taken, and
 * a share of it after an overload, at most once a second and once a round.
 */
export class Aimd implements TargetState {
  readonly #rules: AimdRules;
  #limit: number;
  #running = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;

  constructor(rules: AimdRules) {
    this.#rules = rules;
    this.#limit = rules.initial;
  }

  /** Calls at a time, at least 1. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get running(): number {
    return this.#running;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  get hasRoom(): boolean {
    return this.#running < this.limit;
  }

  start(): void {
    this.#running++;
  }

  /** A call is over, of which nothing can be learnt. */
  end(): void {
    this.#running--;
  }

  /** A call went well. */
  succeeded(): void {
    // A limit that is not used to the full was not tried.
    if (this.#running >= this.limit) {
      this.#limit = Math.min(this.#rules.max, this.#limit + 1 / this.#limit);
    }
    this.#running--;
  }

  /** A call met an overload. True where the limit was lowered. */
  overloaded(startedAt: number, now: number): boolean {
    this.#running--;
    // What began before the last decrease says nothing about the limit since.
    if (startedAt < this.#loweredAt || now - this.#loweredAt < BETWEEN_DECREASES_MS) return false;
    this.#limit = Math.max(1, this.#limit * this.#rules.backoff);
    this.#loweredAt = now;
    return true;
  }
}
