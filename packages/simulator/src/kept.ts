/** The last `limit` things, oldest first. What is older is forgotten, so that a load test does not fill the memory. */
export class Kept<T> implements Iterable<T> {
  readonly #limit: number;
  #items: T[] = [];
  #start = 0;

  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  get length(): number {
    return this.#items.length - this.#start;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.length > this.#limit) this.#start++;
    // Moves the rest down once in a while: amortised, each item is copied once.
    if (this.#start > this.#limit) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
  }

  /** As `Array.at`: -1 is the newest. */
  at(index: number): T | undefined {
    return index < 0 ? this.#items.slice(this.#start).at(index) : this.#items[this.#start + index];
  }

  toArray(): T[] {
    return this.#items.slice(this.#start);
  }

  find(test: (item: T) => boolean): T | undefined {
    return this.toArray().find(test);
  }

  filter(test: (item: T) => boolean): T[] {
    return this.toArray().filter(test);
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.toArray()[Symbol.iterator]();
  }
}
