/** Something that is open for a while. */
export interface Open {
  /** Where it stands in its list, kept by the list; −1 outside of it. */
  position: number;
}

/**
 * What is open at present, in no order: a list that its members leave from the middle. A map or set that calls go in and out of keeps dead ones
 * alive until the whole memory is swept, in the tables that it grew out of.
 */
export class OpenList<T extends Open> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  get last(): T | undefined {
    return this.#items[this.#items.length - 1];
  }

  add(item: T): void {
    item.position = this.#items.push(item) - 1;
  }

  /** False where it was not in it. */
  remove(item: T): boolean {
    const { position } = item;
    if (position === -1) return false;
    item.position = -1;
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#items[position] = last;
      last.position = position;
    }
    return true;
  }

  toArray(): T[] {
    return [...this.#items];
  }
}
