/** The text of a stream: iterate it for the pieces, or await it for the whole. Read it one way, once. */
export class TextStream implements AsyncIterable<string>, PromiseLike<string> {
  readonly #events: AsyncIterable<unknown>;
  readonly #text: (event: unknown) => string | undefined;

  constructor(events: AsyncIterable<unknown>, text: (event: unknown) => string | undefined) {
    this.#events = events;
    this.#text = text;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, undefined> {
    for await (const event of this.#events) {
      const text = this.#text(event);
      if (text !== undefined && text !== '') yield text;
    }
    return undefined;
  }

  // A thenable on purpose, so that `await stream.text` reads as it does in peers.
  // oxlint-disable-next-line unicorn/no-thenable
  then<A = string, B = never>(
    onText?: ((text: string) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#all().then(onText, onError);
  }

  async #all(): Promise<string> {
    let all = '';
    for await (const piece of this) all += piece;
    return all;
  }
}
