import { InferwayError } from './error.js';
import type { Observer, Outcome } from './outcome.js';
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

interface Held<E> {
  readonly events: readonly E[];
  /** How many observers saw these events when they were pulled; later ones see them on delivery. */
  readonly seenBy: number;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The events of one reply: an async iterable that is read once. Middleware adds observers to this one object instead of
 * wrapping it, and events are pulled in batches, so that a layer costs no promise an event (law 6).
 * Leaving the loop, `return()`, `cancel()` and an abort of the call's signal all reach the source at once, also before the first read.
 */
export class Events<E> implements AsyncIterableIterator<E, undefined>, AsyncDisposable {
  readonly #source: EventSource<E>;
  readonly #signal: AbortSignal | undefined;
  readonly #observers: Observer<E>[] = [];
  readonly #held: Held<E>[] = [];
  #batch: readonly E[] = [];
  #index = 0;
  #pulling: Promise<readonly E[] | undefined> | undefined;
  #outcome: Outcome | undefined;
  // A failure is thrown to the reader once, and only once nothing that came before it is left to deliver.
  #unthrown: InferwayError | undefined;

  constructor(source: EventSource<E>, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort);
  }

  /** How the stream ended; undefined while it runs. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Tokens as far as reported; complete once the stream has ended. */
  get usage(): Usage | undefined {
    return this.#outcome?.usage ?? this.#source.usage;
  }

  /** Adds an observer outside of those already there. After the end it is told the end at once. */
  observe(observer: Observer<E>): this {
    if (this.#outcome === undefined) this.#observers.push(observer);
    else observer.end?.(this.#outcome);
    return this;
  }

  next(): Promise<IteratorResult<E, undefined>> {
    if (this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as E });
    }
    return this.#advance();
  }

  /** The rest of the current batch, or the next one; undefined at the end. Cheaper than `next` for who can use many at once. */
  async nextBatch(): Promise<readonly E[] | undefined> {
    if (this.#index < this.#batch.length) {
      const rest = this.#index === 0 ? this.#batch : this.#batch.slice(this.#index);
      this.#index = this.#batch.length;
      return rest;
    }
    return this.#read();
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.cancel();
    return Promise.resolve(DONE);
  }

  /** Ends the stream now. No further event is delivered; the provider's socket is closed. */
  cancel(reason?: unknown): void {
    this.#discard();
    if (this.#outcome !== undefined) return;
    const error =
      reason === undefined
        ? new InferwayError('aborted', { message: 'The reader left the stream before its end.' })
        : InferwayError.from(reason);
    this.#source.cancel(error);
    this.#end({ status: 'cancelled', usage: this.#source.usage, error });
  }

  /**
   * Reads until `isContent` says that one of the events commits the reply, or to the end, and keeps all for the reader.
   * A failure before that point is thrown here.
   */
  async prime(isContent: (event: E) => boolean): Promise<void> {
    for (const held of this.#held) if (held.events.some(isContent)) return;
    while (this.#outcome === undefined) {
      const events = await this.#pull();
      if (events === undefined) break;
      this.#held.push({ events, seenBy: this.#observers.length });
      if (events.some(isContent)) return;
    }
    if (this.#unthrown !== undefined) this.#throw();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
  }

  async #advance(): Promise<IteratorResult<E, undefined>> {
    for (;;) {
      const batch = await this.#read();
      if (batch === undefined) {
        // A concurrent next() may have taken the last batch apart meanwhile.
        if (this.#index >= this.#batch.length) return DONE;
      } else {
        // Two pending next() may both get here: the second batch must not overwrite the first one's rest.
        this.#batch =
          this.#index < this.#batch.length ? [...this.#batch.slice(this.#index), ...batch] : batch;
        this.#index = 0;
      }
      if (this.#index < this.#batch.length) {
        return { done: false, value: this.#batch[this.#index++] as E };
      }
    }
  }

  async #read(): Promise<readonly E[] | undefined> {
    const held = this.#held.shift();
    if (held !== undefined) {
      for (let i = held.seenBy; i < this.#observers.length; i++)
        show(this.#observers[i], held.events);
      return held.events;
    }
    if (this.#outcome === undefined) {
      const events = await this.#pull();
      if (events !== undefined) return events;
    }
    if (this.#unthrown !== undefined) this.#throw();
    return undefined;
  }

  // One pull at a time: a second reader waits for the first and then pulls for itself.
  async #pull(): Promise<readonly E[] | undefined> {
    while (this.#pulling !== undefined) await this.#pulling;
    if (this.#outcome !== undefined) return undefined;
    const pulling = this.#pullSource();
    this.#pulling = pulling;
    try {
      return await pulling;
    } finally {
      this.#pulling = undefined;
    }
  }

  // Never rejects: a failure becomes the outcome, and whoever reads next throws it.
  async #pullSource(): Promise<readonly E[] | undefined> {
    try {
      for (const observer of this.#observers) observer.waiting?.();
      const events = await this.#source.pull();
      if (this.#outcome !== undefined) return undefined; // aborted meanwhile
      if (events !== undefined) {
        for (const observer of this.#observers) show(observer, events);
        return events;
      }
      this.#end({ status: 'complete', usage: this.#source.usage });
    } catch (reason) {
      this.#fail(InferwayError.from(reason));
    }
    return undefined;
  }

  #fail(error: InferwayError): void {
    if (this.#outcome !== undefined) return;
    this.#unthrown = error;
    this.#source.cancel(error);
    const status = error.code === 'aborted' ? 'cancelled' : 'failed';
    this.#end({ status, usage: this.#source.usage, error });
  }

  // A field, so that the listener is one function for add and remove.
  readonly #onAbort = (): void => {
    this.#fail(InferwayError.from(this.#signal?.reason));
  };

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#signal?.removeEventListener('abort', this.#onAbort);
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
  }

  #throw(): never {
    const error = this.#unthrown;
    this.#unthrown = undefined;
    throw error;
  }

  #discard(): void {
    this.#held.length = 0;
    this.#batch = [];
    this.#index = 0;
    this.#unthrown = undefined;
  }
}

function show<E>(observer: Observer<E> | undefined, events: readonly E[]): void {
  if (observer === undefined) return;
  observer.batch?.(events);
  if (observer.event !== undefined) for (const event of events) observer.event(event);
}
