/** What holds something that outlives calls, and lets go of it in turn. */
export class Closing {
  readonly #steps: (() => unknown)[] = [];

  /** The last added is closed first: what was made later works with what was made before. */
  add(close: () => unknown): void {
    this.#steps.unshift(close);
  }

  /** All of it, also where a part fails. @throws the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0)) {
      try {
        await step();
      } catch (reason) {
        failures.push(reason);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
