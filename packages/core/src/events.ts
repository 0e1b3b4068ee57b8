import { InferwayError } from './error.js';
import type { Observer, Outcome } from './outcome.js';
import { abortReason, listenTo, unlisten, type AbortListener } from './signal.js';
import type { Usage } from './usage.js';

/** Where events come from: a decoder on a transport, a cache, a test. */
export interface EventSource<E> {
  /** The next events, never an empty list, or undefined after the protocol's own end. Rejects with the failure. */
  pull(): Promise<readonly E[] | undefined>;
  /** Nobody will read on: free the socket now. May be called at any time and more than once. */
  cancel(reason: InferwayError): void;
  /** Tokens as far as the provider has reported them. */
  readonly usage?: Usage | undefined;
}

type Batch<E> = readonly E[] | undefined;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The events of one reply: an async iterable that is read once. Middleware adds observers to this one object instead of
 * wrapping it, and events are pulled in batches, so that a layer costs no promise an event (law 6).
 * Leaving the loop, `return()`, `cancel()` and an abort of the call's signal all reach the source at once, also before the first read,
 * and a read that waits then ends at once, whatever the source does.
 */
export class Events<E>
  implements AsyncIterableIterator<E, undefined>, AsyncDisposable, AbortListener
{
  readonly #source: EventSource<E>;
  readonly #signal: AbortSignal | undefined;
  readonly #observers: Observer<E>[] = [];
  /** Pulled by `prime`, not yet read. */
  readonly #held: (readonly E[])[] = [];
  #batch: readonly E[] = [];
  #index = 0;
  /** A read is under way; others wait in the queue for their turn. */
  #reading = false;
  readonly #queue: (() => void)[] = [];
  /** The reader said that he reads no further, perhaps while a batch was on its way to him. */
  #left = false;
  /** Ends the wait for the source. */
  #wake: ((none: undefined) => void) | undefined;
  #outcome: Outcome | undefined;
  // A failure is thrown to the reader once, and only once nothing that came before it is left to deliver.
  #unthrown: InferwayError | undefined;

  constructor(source: EventSource<E>, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    if (signal === undefined) return;
    if (signal.aborted) this.handleEvent();
    else listenTo(signal, this);
  }

  /** How the stream ended; undefined while it runs. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Tokens as far as reported; complete once the stream has ended. */
  get usage(): Usage | undefined {
    return this.#outcome?.usage ?? this.#source.usage;
  }

  /**
   * Adds an observer outside of those already there. What was pulled before is shown to it at once, and so is the end.
   * Whatever an observer throws fails the stream.
   */
  observe(observer: Observer<E>): this {
    try {
      for (const events of this.#held) show(observer, events);
    } catch (reason) {
      this.#fail(InferwayError.from(reason));
    }
    if (this.#outcome === undefined) this.#observers.push(observer);
    else observer.end?.(this.#outcome);
    return this;
  }

  next(): Promise<IteratorResult<E, undefined>> {
    if (this.#reading) return this.#later(() => this.next());
    if (this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as E });
    }
    return this.#advance();
  }

  /** The rest of the current batch, or the next one; undefined at the end. Cheaper than `next` for who can use many at once. */
  async nextBatch(): Promise<Batch<E>> {
    if (this.#reading) return this.#later(() => this.nextBatch());
    if (this.#index < this.#batch.length) {
      const rest = this.#batch.slice(this.#index);
      this.#index = this.#batch.length;
      return rest;
    }
    if (this.#held.length > 0) return this.#held.shift();
    this.#reading = true;
    const events = this.#outcome === undefined ? await new Promise(this.#pull) : undefined;
    this.#handOver();
    return events === undefined || this.#left ? this.#over() : events;
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.cancel();
    return Promise.resolve(DONE);
  }

  /** Ends the stream now. No further event is delivered; the provider's socket is closed. */
  cancel(reason?: unknown): void {
    this.#left = true;
    this.#held.length = 0;
    this.#batch = [];
    this.#index = 0;
    this.#unthrown = undefined;
    if (this.#outcome !== undefined) return;
    const error =
      reason === undefined
        ? new InferwayError('aborted', { message: 'The reader left the stream before its end.' })
        : InferwayError.from(reason);
    this.#stop('cancelled', error);
  }

  /**
   * Reads until `isContent` says that one of the events commits the reply, or to the end, and keeps all for the reader.
   * A failure before that point is thrown here, a cancellation too.
   */
  async prime(isContent: (event: E) => boolean): Promise<void> {
    if (this.#reading) return this.#later(() => this.prime(isContent));
    this.#reading = true;
    try {
      for (const events of this.#held) if (events.some(isContent)) return;
      while (this.#outcome === undefined) {
        const events = await new Promise(this.#pull);
        if (events === undefined) break;
        this.#held.push(events);
        if (events.some(isContent)) return;
      }
    } catch (reason) {
      this.#fail(InferwayError.from(reason));
    } finally {
      this.#handOver();
    }
    const error = this.#unthrown ?? this.#outcome?.error;
    this.#unthrown = undefined;
    if (error !== undefined) throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
  }

  async #advance(): Promise<IteratorResult<E, undefined>> {
    this.#reading = true;
    let events = this.#held.shift();
    while (events === undefined && this.#outcome === undefined) {
      events = await new Promise(this.#pull);
      if (events?.length === 0) events = undefined;
    }
    if (events !== undefined && !this.#left) {
      this.#batch = events;
      this.#index = 1;
    }
    this.#handOver();
    return events === undefined || this.#left
      ? (this.#over() ?? DONE)
      : { done: false, value: events[0] as E };
  }

  // Nothing is left to deliver: throws the failure, once.
  #over(): undefined {
    const error = this.#unthrown;
    this.#unthrown = undefined;
    if (error !== undefined) throw error;
  }

  // Reads are served in the order in which they were asked for.
  async #later<T>(read: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#queue.push(resolve);
    });
    this.#reading = false;
    const result = read();
    // It took something that was there, and began no read that would hand over.
    if (!this.#reading) this.#handOver();
    return result;
  }

  // Stays taken until the next in the queue has his turn, so that nobody who comes now is served before him.
  #handOver(): void {
    const turn = this.#queue.shift();
    this.#reading = turn !== undefined;
    turn?.();
  }

  // Never rejects: a failure becomes the outcome, and whoever reads next throws it. A field, as the executor of one promise a pull.
  readonly #pull = (resolve: (events: Batch<E>) => void): void => {
    this.#wake = resolve;
    try {
      for (const observer of this.#observers) observer.waiting?.();
      this.#source.pull().then((events) => resolve(this.#took(events)), this.#broke);
    } catch (reason) {
      this.#broke(reason);
    }
  };

  readonly #broke = (reason: unknown): void => this.#fail(InferwayError.from(reason));

  #took(events: Batch<E>): Batch<E> {
    if (this.#outcome !== undefined) return undefined; // ended meanwhile
    if (events === undefined) {
      this.#end({ status: 'complete', usage: this.#source.usage });
      return undefined;
    }
    try {
      for (const observer of this.#observers) show(observer, events);
    } catch (reason) {
      this.#broke(reason);
    }
    // An observer may have ended the stream.
    return this.#outcome === undefined ? events : undefined;
  }

  #fail(error: InferwayError): void {
    if (this.#outcome !== undefined) return;
    this.#unthrown = error;
    this.#stop(error.code === 'aborted' ? 'cancelled' : 'failed', error);
  }

  /** The call's signal aborted. */
  handleEvent(): void {
    if (this.#signal !== undefined) this.#fail(abortReason(this.#signal));
  }

  #stop(status: 'failed' | 'cancelled', error: InferwayError): void {
    const { usage } = this.#source;
    // The end stands before the source hears of it: whatever it does in return comes too late.
    const outcome: Outcome = { status, usage, error };
    this.#outcome = outcome;
    try {
      this.#source.cancel(error);
    } catch (reason) {
      this.#unthrown ??= InferwayError.from(reason);
    }
    this.#end(outcome);
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    if (this.#signal !== undefined) unlisten(this.#signal, this);
    let broken: unknown;
    for (const observer of this.#observers) {
      try {
        observer.end?.(outcome);
      } catch (reason) {
        broken ??= reason;
      }
    }
    this.#observers.length = 0;
    if (broken !== undefined) this.#unthrown ??= InferwayError.from(broken);
    this.#wake?.(undefined);
    this.#wake = undefined;
  }
}

function show<E>(observer: Observer<E>, events: readonly E[]): void {
  observer.batch?.(events);
  if (observer.event !== undefined) for (const event of events) observer.event(event);
}
