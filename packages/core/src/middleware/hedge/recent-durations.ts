/** How long the last calls of one target took. */
export class RecentDurations {
  static readonly KEPT: number = 128;
  readonly #ring: number[] = [];
  #next = 0;
  /** The same in order, until something is added. */
  #sorted: readonly number[] | undefined;

  get count(): number {
    return this.#ring.length;
  }

  add(ms: number): void {
    this.#ring[this.#next] = ms;
    this.#next = (this.#next + 1) % RecentDurations.KEPT;
    this.#sorted = undefined;
  }

  /** The time by which `share` of them were over; NaN where there is none. */
  percentile(share: number): number {
    this.#sorted ??= this.#ring.toSorted((a, b) => a - b);
    const rank = Math.ceil(share * this.#sorted.length) - 1;
    return this.#sorted[Math.max(0, rank)] ?? Number.NaN;
  }
}
