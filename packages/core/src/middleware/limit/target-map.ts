/** What is known of one target, and whether it may be forgotten. */
export interface TargetState {
  /** True where forgetting it takes nothing from a call that runs or waits. */
  readonly isIdle: boolean;
}

// Model ids come from callers: what is kept of them is bounded.
const MOST_TARGETS = 1000;

/** States by target; those that are idle and were not used for the longest are forgotten first. */
export class TargetMap<T extends TargetState> {
  // In the order of last use, since a Map keeps the order of insertion.
  readonly #states = new Map<string, T>();
  readonly #make: (key: string) => T;

  constructor(make: (key: string) => T) {
    this.#make = make;
  }

  of(key: string): T {
    const found = this.#states.get(key);
    const state = found ?? this.#make(key);
    if (found === undefined) this.#makeRoom();
    else this.#states.delete(key);
    this.#states.set(key, state);
    return state;
  }

  #makeRoom(): void {
    if (this.#states.size < MOST_TARGETS) return;
    for (const [key, state] of this.#states) {
      if (!state.isIdle) continue;
      this.#states.delete(key);
      return;
    }
  }
}
