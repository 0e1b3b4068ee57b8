/** How the last calls of a target ended. What is too old does not count, so that idle time alone never tips the scales. */
export class OutcomeWindow {
  readonly #maxAgeMs: number;
  readonly #failed: boolean[] = [];
  readonly #at: number[] = [];
  readonly #size: number;
  /** Outcomes ever added; the newest stands at `(added - 1) % size`. */
  #added = 0;

  constructor(size: number, maxAgeMs: number) {
    this.#size = size;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Gives back a number by which a success can be turned later. */
  add(failed: boolean, now: number): number {
    const place = this.#added % this.#size;
    this.#failed[place] = failed;
    this.#at[place] = now;
    return this.#added++;
  }

  /** What looked like a success turned out to be a failure: a stream that broke. It counts once. */
  turn(number: number, now: number): void {
    if (number < this.#added - this.#size) {
      this.add(true, now);
      return;
    }
    const place = number % this.#size;
    this.#failed[place] = true;
    this.#at[place] = now;
  }

  /** True where at least `minCalls` count and `share` of them failed. */
  isBad(now: number, minCalls: number, share: number): boolean {
    let calls = 0;
    let failures = 0;
    for (const [place, at] of this.#at.entries()) {
      if (now - at >= this.#maxAgeMs) continue;
      calls++;
      if (this.#failed[place] === true) failures++;
    }
    return calls >= minCalls && failures >= share * calls;
  }

  clear(): void {
    this.#added = 0;
    this.#failed.length = 0;
    this.#at.length = 0;
  }
}
