import { InferwayError } from './error.js';
import type { Cost } from './money.js';
import type { EventOf, Operation } from './operations.js';
import type { ReplyMeta, StreamReply } from './reply.js';
import { TextStream } from './text-stream.js';
import type { Fold, OperationTraits } from './traits.js';
import type { Usage } from './usage.js';

/**
 * A streamed answer at the application's side: iterate it for events, or read `text` or `result`. Read it one way, once.
 * A failure is thrown from the iterator, with the answer so far in `error.partial` and the tokens so far in `error.usage`.
 */
export class ReplyStream<K extends Operation, A>
  implements AsyncIterable<EventOf<K>>, AsyncDisposable
{
  readonly meta: ReplyMeta;
  readonly #reply: StreamReply<K>;
  readonly #traits: OperationTraits<K> | undefined;
  readonly #complete: (result: unknown) => Promise<A>;
  readonly #fold: Fold<EventOf<K>, unknown> | undefined;
  #iterated = false;
  #text: TextStream | undefined;
  #result: Promise<A> | undefined;
  #ended: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(
    reply: StreamReply<K>,
    traits: OperationTraits<K> | undefined,
    complete: (result: unknown) => Promise<A>,
  ) {
    this.#reply = reply;
    this.meta = reply.meta;
    this.#traits = traits;
    this.#complete = complete;
    const fold = traits?.fold?.();
    this.#fold = fold;
    reply.events.observe({
      ...(fold === undefined ? {} : { event: (event) => fold.add(event) }),
      end: ({ error, usage }) => {
        if (error !== undefined) {
          error.partial ??= fold?.result();
          if (usage !== undefined) error.usage ??= usage;
        }
        this.#ended?.resolve();
      },
    });
  }

  /** The text alone: an async iterable of its pieces, or awaited, all of it. */
  get text(): TextStream {
    const text = this.#traits?.text;
    if (text === undefined) throw noFold(this.meta, 'text');
    const seam = this.#traits?.seam;
    return (this.#text ??= new TextStream(
      this,
      (event) => text(event as EventOf<K>),
      (event) => seam?.(event as EventOf<K>) === 'restart',
    ));
  }

  /** The whole answer, as the unary call would have given it. Reads the stream to its end unless somebody iterates it already. */
  get result(): Promise<A> {
    return (this.#result ??= this.#readResult());
  }

  /** Tokens as far as reported; complete at the end. */
  get usage(): Usage | undefined {
    return this.#reply.events.usage;
  }

  /** Known once the stream has ended. */
  get cost(): Cost | undefined {
    return this.#reply.events.outcome?.cost;
  }

  /** Ends the stream and closes the provider's socket. */
  cancel(): void {
    this.#reply.events.cancel();
  }

  /** Several events at once, as they came from one network read; undefined at the end. */
  nextBatch(): Promise<readonly EventOf<K>[] | undefined> {
    this.#iterated = true;
    return this.#reply.events.nextBatch();
  }

  [Symbol.asyncIterator](): AsyncIterator<EventOf<K>, undefined> {
    this.#iterated = true;
    return this.#reply.events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
  }

  async #readResult(): Promise<A> {
    const { events } = this.#reply;
    if (this.#fold === undefined) throw noFold(this.meta, 'result');
    if (this.#iterated) await this.#untilEnd();
    else while ((await events.nextBatch()) !== undefined);
    const error = events.outcome?.error;
    if (error !== undefined) throw error;
    return this.#complete(this.#fold.result());
  }

  async #untilEnd(): Promise<void> {
    if (this.#reply.events.outcome !== undefined) return;
    this.#ended ??= Promise.withResolvers<void>();
    await this.#ended.promise;
  }
}

function noFold(meta: ReplyMeta, what: string): InferwayError {
  return new InferwayError('unsupported', {
    message: `Nobody knows how "${meta.provider}" makes a ${what} of this operation’s events. Iterate the stream, or give it "traits".`,
    provider: meta.provider,
  });
}
