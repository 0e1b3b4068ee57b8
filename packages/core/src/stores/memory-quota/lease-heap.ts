/** Something that ends by itself. */
export interface Leased {
  leaseEnd: number;
  /** Where it stands in its heap, kept by the heap; −1 outside of it. */
  position: number;
}

/** What is leased, the earliest end first: a binary heap whose members know their places, so that each can leave it early. */
export class LeaseHeap<T extends Leased> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** What ends first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    item.position = this.#items.length;
    this.#items.push(item);
    this.#rise(item);
  }

  /** Nothing happens where it is not in the heap. */
  remove(item: T): void {
    const { position } = item;
    if (position === -1) return;
    item.position = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#put(last, position);
    this.moved(last);
  }

  /** To be told after an item's `leaseEnd` was changed. */
  moved(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  /** When the item ends that is number `rank` (from 1) in the order of ends. */
  endOf(rank: number): number | undefined {
    if (rank === 1) return this.first?.leaseEnd;
    return this.#items.map(({ leaseEnd }) => leaseEnd).sort((one, other) => one - other)[rank - 1];
  }

  #rise(item: T): void {
    while (item.position > 0) {
      const above = this.#items[(item.position - 1) >> 1] as T;
      if (above.leaseEnd <= item.leaseEnd) return;
      this.#swap(item, above);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = this.#items[2 * item.position + 1];
      const right = this.#items[2 * item.position + 2];
      const below =
        right !== undefined && left !== undefined && right.leaseEnd < left.leaseEnd ? right : left;
      if (below === undefined || below.leaseEnd >= item.leaseEnd) return;
      this.#swap(item, below);
    }
  }

  #swap(one: T, other: T): void {
    const { position } = one;
    this.#put(one, other.position);
    this.#put(other, position);
  }

  #put(item: T, position: number): void {
    this.#items[position] = item;
    item.position = position;
  }
}
