/** How many copies may be sent at once after a time without any. */
const MOST_SAVED = 10;
// Ten times 0.1 is a little less than 1.
const EXACT = 1e-9;

/**
 * Bounds the copies of all calls together, so that a provider that has become slow is not asked twice as much: each call earns a share of a
 * copy. One is there at the start.
 */
export class HedgeShare {
  readonly #share: number;
  #earned = 1;

  /** @param share Copies a call, above 0 and at most 1. */
  constructor(share: number) {
    this.#share = share;
  }

  /** A call that may hedge has begun. */
  earn(): void {
    this.#earned = Math.min(MOST_SAVED, this.#earned + this.#share);
  }

  /** Takes what one copy costs; false where it is not there. */
  take(): boolean {
    if (this.#earned + EXACT < 1) return false;
    this.#earned = Math.max(0, this.#earned - 1);
    return true;
  }
}
