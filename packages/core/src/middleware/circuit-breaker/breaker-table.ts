import { Breaker } from './breaker.js';
import type { BreakerRules } from './breaker-options.js';

/** The breakers of a chain by their keys: bounded, since models and credentials may be named by users. */
export class BreakerTable {
  readonly #rules: BreakerRules;
  readonly #most: number;
  readonly #breakers = new Map<string, Breaker>();

  constructor(rules: BreakerRules, most: number) {
    this.#rules = rules;
    this.#most = most;
  }

  find(key: string): Breaker | undefined {
    return this.#breakers.get(key);
  }

  /** The breaker of `key`, made on first use. */
  at(key: string, target: string, now: number): Breaker {
    let breaker = this.#breakers.get(key);
    if (breaker === undefined) {
      if (this.#breakers.size >= this.#most) this.#makeRoom();
      breaker = new Breaker(key, target, this.#rules);
      this.#breakers.set(key, breaker);
    }
    breaker.usedAt = now;
    return breaker;
  }

  /** The keys that were used since then. */
  usedSince(then: number): readonly string[] {
    const keys: string[] = [];
    for (const [key, { usedAt }] of this.#breakers) if (usedAt >= then) keys.push(key);
    return keys;
  }

  // What is not closed is worth more than what is; among equals, what was not used for the longest goes.
  #makeRoom(): void {
    let least: Breaker | undefined;
    for (const breaker of this.#breakers.values()) {
      if (least === undefined || isLess(breaker, least)) least = breaker;
    }
    if (least !== undefined) this.#breakers.delete(least.key);
  }
}

function isLess(one: Breaker, other: Breaker): boolean {
  const closed = one.state === 'closed';
  return closed === (other.state === 'closed') ? one.usedAt < other.usedAt : closed;
}
