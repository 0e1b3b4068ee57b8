import type { InferwayError } from '../../error.js';
import type { Events } from '../../events.js';
import type { Usage } from '../../usage.js';
import { sizeOf, type MemoryShare } from './memory-share.js';

/** One who reads a shared stream. */
export interface Reader {
  /** The number of the batch that it reads next. */
  position: number;
  /** It has fallen too far behind: what it would read next is gone. */
  cutOff(): void;
}

interface Held<E> {
  readonly events: readonly E[];
  readonly bytes: number;
}

export interface StreamBounds {
  /** What is kept of one stream, in bytes. */
  readonly maxBytes: number;
  readonly memory: MemoryShare;
}

/**
 * The events of one stream for many readers, each at its own pace. The source is read when the foremost reader asks for more, so that a slow
 * one stops nobody. What was read is kept from the beginning, for those who join; once that is too much, nobody may join any more, and
 * only what a reader has not read yet is kept; one that is further behind than the bound is cut off.
 */
export class SharedStream<E> {
  readonly #events: Events<E>;
  readonly #bounds: StreamBounds;
  readonly #closed: () => void;
  readonly #readers = new Set<Reader>();
  #kept: Held<E>[] = [];
  /** The number of the first batch that is kept. */
  #first = 0;
  #bytes = 0;
  #whole = true;
  #reading: Promise<void> | undefined;
  #ended = false;
  #error: InferwayError | undefined;

  /** @param closed Told when a reader that came now would not get all events from the beginning. */
  constructor(events: Events<E>, bounds: StreamBounds, closed: () => void) {
    this.#events = events;
    this.#bounds = bounds;
    this.#closed = closed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Why it broke off, where it did. */
  get error(): InferwayError | undefined {
    return this.#error;
  }

  get usage(): Usage | undefined {
    return this.#events.usage;
  }

  enter(reader: Reader): void {
    this.#readers.add(reader);
  }

  leave(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#trim();
  }

  /** Takes the next events of a reader that are there. */
  take(reader: Reader): readonly E[] | undefined {
    const held = this.#kept[reader.position - this.#first];
    if (held === undefined) return undefined;
    reader.position++;
    this.#trim();
    return held.events;
  }

  /** Settles when there is more, or the end. */
  more(): Promise<void> {
    return (this.#reading ??= this.#read());
  }

  cancel(reason: InferwayError): void {
    this.#events.cancel(reason);
    this.#end();
  }

  async #read(): Promise<void> {
    try {
      const events = await this.#events.nextBatch();
      if (events === undefined) this.#end();
      else this.#keep(events);
    } catch (reason) {
      this.#error = reason as InferwayError;
      this.#end();
    } finally {
      this.#reading = undefined;
    }
  }

  #end(): void {
    this.#ended = true;
    this.#close();
  }

  #close(): void {
    this.#whole = false;
    this.#trim();
    this.#closed();
  }

  #keep(events: readonly E[]): void {
    const bytes = sizeOf(events);
    this.#kept.push({ events, bytes });
    this.#count(bytes);
    const { maxBytes, memory } = this.#bounds;
    if (this.#bytes <= maxBytes && !memory.full) return;
    this.#close();
    // Whoever waits for these very events is not behind.
    const newest = this.#first + this.#kept.length - 1;
    while (this.#bytes > maxBytes && this.#first < newest) {
      const last = this.#first;
      for (const reader of this.#readers) if (reader.position === last) reader.cutOff();
      this.#trim();
    }
  }

  // Gives up what nobody can read any more.
  #trim(): void {
    if (this.#whole && this.#readers.size > 0) return;
    let until = this.#first + this.#kept.length;
    for (const { position } of this.#readers) until = Math.min(until, position);
    const gone = this.#kept.splice(0, until - this.#first);
    this.#first = until;
    for (const { bytes } of gone) this.#count(-bytes);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#bounds.memory.add(bytes);
  }
}
