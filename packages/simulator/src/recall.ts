/** Remembers what was made for the last `limit` keys. */
export class Recall<T> {
  readonly #limit: number;
  readonly #known = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    const found = this.#known.get(key);
    if (found === undefined) return undefined;
    // Last in the map is the one that was asked for last.
    this.#known.delete(key);
    this.#known.set(key, found);
    return found;
  }

  set(key: string, value: T): void {
    this.#known.set(key, value);
    if (this.#known.size <= this.#limit) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}
