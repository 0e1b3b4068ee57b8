/** The ids of one answer's tool calls: unique, since results are matched by them, and made up where the provider gave none. */
export class CallIds {
  readonly #used = new Set<string>();
  readonly #stem: string;
  #made = 0;

  /** @param answerId Makes the made-up ids differ from those of other answers in the same conversation. */
  constructor(answerId: string | undefined) {
    // OpenAI takes at most 40 characters, Anthropic only these.
    this.#stem = (answerId ?? '').replaceAll(/[^\w-]/gu, '').slice(-24);
  }

  /** The id to use for a call that came with `given`. */
  take(given: string | undefined): string {
    let id = given ?? '';
    while (id === '' || this.#used.has(id)) id = `call_${this.#stem}_${this.#made++}`;
    this.#used.add(id);
    return id;
  }

  has(id: string): boolean {
    return this.#used.has(id);
  }
}
