import { InferwayError } from '../../error.js';
import type { Moment } from './counter.js';

const STEPS = 2;
const STEPS_WHEN_FULL = 64;

/** Things by name, of which those that are idle are forgotten: for each one that comes, two that are there are looked at in turn. No timer. */
export class Shelf<T extends { idle(moment: Moment): boolean }> {
  readonly #entries = new Map<string, T>();
  readonly #make: () => T;
  readonly #most: number;
  #hand: Iterator<[string, T]> = this.#entries.entries();

  constructor(most: number, make: () => T) {
    this.#most = most;
    this.#make = make;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** @throws {InferwayError} `overloaded` where the shelf is full of what is in use: what is counted is never given up for what is new. */
  ensure(name: string, moment: Moment): T {
    const found = this.#entries.get(name);
    if (found !== undefined) return found;
    this.#sweep(this.#entries.size < this.#most ? STEPS : STEPS_WHEN_FULL, moment);
    if (this.#entries.size >= this.#most) {
      throw new InferwayError('overloaded', {
        message: `memoryQuota: ${this.#most} counters of one kind are in use, and a new one was asked for. Raise maxCounters, or limit by something that has fewer names.`,
      });
    }
    const made = this.#make();
    this.#entries.set(name, made);
    return made;
  }

  #sweep(steps: number, moment: Moment): void {
    for (let step = 0; step < steps; step++) {
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = this.#entries.entries();
        continue;
      }
      const [name, entry] = next.value;
      if (entry.idle(moment)) this.#entries.delete(name);
    }
  }
}
