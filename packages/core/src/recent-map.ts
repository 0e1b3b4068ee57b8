/** Remembers the last `most` entries at least, and twice as many at most: when the young ones are full, the old ones are forgotten all at once. */
export class RecentMap<T> {
  readonly #most: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): T | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  set(name: string, value: T): void {
    this.#young.set(name, value);
    if (this.#young.size < this.#most) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
