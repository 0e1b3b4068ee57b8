/** Leaves something alone for a while after it failed several times in a row, so that no call waits for what does not answer. */
export class FailureRest {
  readonly #after: number;
  readonly #restMs: number;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** @param after Failures in a row. @param restMs How long it rests then, and again after each further failure. */
  constructor(after: number, restMs: number) {
    this.#after = after;
    this.#restMs = restMs;
  }

  isResting(now: number): boolean {
    return now < this.#until;
  }

  worked(): void {
    this.#failures = 0;
  }

  failed(now: number): void {
    if (++this.#failures >= this.#after) this.#until = now + this.#restMs;
  }
}
