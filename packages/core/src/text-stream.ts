import { takenBack } from './operations/resumed.js';

/** What a `TextStream` reads from. */
export interface TextSource {
  nextBatch(): Promise<readonly unknown[] | undefined>;
  cancel(): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The text of a stream: iterate it for the pieces, or await it for the whole. Read it one way, once. */
export class TextStream
  implements AsyncIterableIterator<string, undefined>, AsyncDisposable, PromiseLike<string>
{
  readonly #source: TextSource;
  readonly #textOf: (event: unknown) => string | undefined;
  readonly #takesBack: (event: unknown) => boolean;
  #pieces: string[] = [];
  #index = 0;
  /** Reads that wait or run, and the last of them. */
  #pending = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** The text so far, for who awaits it. */
  #gathered = '';
  #all: Promise<string> | undefined;

  /** @param takesBack True for an event that takes back all text before it: what was awaited begins anew, what was iterated fails. */
  constructor(
    source: TextSource,
    textOf: (event: unknown) => string | undefined,
    takesBack: (event: unknown) => boolean = () => false,
  ) {
    this.#source = source;
    this.#textOf = textOf;
    this.#takesBack = takesBack;
  }

  next(): Promise<IteratorResult<string, undefined>> {
    if (this.#pending === 0 && this.#index < this.#pieces.length) {
      return Promise.resolve({ done: false, value: this.#pieces[this.#index++] as string });
    }
    this.#pending++;
    const read = this.#turn.then(this.#read);
    // Reads are served in the order in which they were asked for; one that fails does not hold up the next.
    this.#turn = read.catch(() => undefined);
    return read;
  }

  /** Ends the stream and closes the provider's socket, also before the first read. */
  return(): Promise<IteratorResult<string, undefined>> {
    this.#pieces = [];
    this.#source.cancel();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  // A thenable on purpose, so that `await stream.text` reads as it does in peers.
  then<A = string, B = never>(
    onText?: ((text: string) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return (this.#all ??= this.#readAll()).then(onText, onError);
  }

  readonly #read = async (): Promise<IteratorResult<string, undefined>> => {
    try {
      while (this.#index >= this.#pieces.length) {
        const events = await this.#source.nextBatch();
        if (events === undefined) return DONE;
        this.#pieces = [];
        this.#index = 0;
        for (const event of events) {
          if (this.#takesBack(event)) this.#takeBack();
          const text = this.#textOf(event);
          if (text !== undefined && text !== '') this.#pieces.push(text);
        }
      }
      return { done: false, value: this.#pieces[this.#index++] as string };
    } finally {
      this.#pending--;
    }
  };

  #takeBack(): void {
    this.#pieces = [];
    this.#gathered = '';
    if (this.#all !== undefined) return;
    this.#source.cancel();
    throw takenBack();
  }

  async #readAll(): Promise<string> {
    for await (const piece of this) this.#gathered += piece;
    return this.#gathered;
  }
}
