import type { AttemptBudget } from './attempts.js';

/**
 * One attempt kept back for a call that is on its way: calls that go side by side cannot then both take the last one. The attempt that is made for it
 * takes its place.
 */
export class AttemptClaim {
  readonly #budget: AttemptBudget;
  #open = true;

  constructor(budget: AttemptBudget) {
    this.#budget = budget;
    budget.reserved++;
  }

  /** Whether it is kept back still. */
  get open(): boolean {
    return this.#open;
  }

  /** The attempt is made, or will not be. Only the first time counts. */
  release(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#budget.reserved--;
  }
}
