import type { Clock } from '../../clock.js';
import type { Moment } from './counter.js';

/** The time of the decision that is made now: each clock is read once for it, and only where somebody asks. */
export class DecisionTime implements Moment {
  readonly #clock: Clock;
  #now: number | undefined;
  #wall: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next decision. */
  next(): this {
    this.#now = undefined;
    this.#wall = undefined;
    return this;
  }

  get now(): number {
    return (this.#now ??= this.#clock.now());
  }

  get wall(): number {
    return (this.#wall ??= this.#clock.wallTime());
  }
}
