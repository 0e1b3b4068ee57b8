import type { Clock } from '../../clock.js';
import { RecentMap } from '../../recent-map.js';
import type { QuotaState } from '../../stores/quota-store.js';
import type { Counter } from './budget-rule.js';

/** A budget that had nothing left when it was last heard of. */
export interface Exhausted {
  readonly state: QuotaState;
  /** When that was heard, and until when it is believed: monotonic milliseconds. */
  readonly at: number;
  readonly until: number;
}

// So that what was changed by hand in the store is seen soon; and what others hold comes back at any time.
const LONGEST_MS = 10_000;
const HELD_MS = 250;
const MOST = 1000;

/** Remembers for a short time which budgets are used up, so that further calls are refused before they queue, without a question to the store. */
export class ExhaustedBudgets {
  readonly #known = new RecentMap<Exhausted>(MOST);
  #latest = Number.NEGATIVE_INFINITY;

  /** True where no budget was ever seen used up: most of the time. */
  get isEmpty(): boolean {
    return this.#latest === Number.NEGATIVE_INFINITY;
  }

  /** False while there is nothing to look for. */
  any(now: number): boolean {
    return now < this.#latest;
  }

  find({ key, limit }: Counter, now: number): Exhausted | undefined {
    const known = this.#known.get(key);
    return known !== undefined && now < known.until && known.state.used >= limit
      ? known
      : undefined;
  }

  /** What the store just said. */
  note({ key, limit }: Counter, state: QuotaState, clock: Clock): void {
    // Mostly there is nothing to take back.
    if (state.used < limit && this.isEmpty) return;
    const now = clock.now();
    if (state.used < limit) {
      if (this.#known.get(key) !== undefined) this.#known.set(key, { state, at: now, until: now });
      return;
    }
    const ms = (state.held ?? 0) > 0 ? HELD_MS : Math.min(LONGEST_MS, state.resetMs ?? LONGEST_MS);
    this.#known.set(key, { state, at: now, until: now + ms });
    this.#latest = Math.max(this.#latest, now + ms);
  }
}
