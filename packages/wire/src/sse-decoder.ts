import type { Usage } from '@inferway/core';
import type { ByteDecoder, StreamDecoder } from './format.js';
import type { SseMessage } from './sse-message.js';
import { SseParser } from './sse-parser.js';

/** Server-sent events from bytes to a format's events. What follows the terminal signal is nobody's. */
export class SseDecoder<E> implements ByteDecoder<E> {
  readonly #parser = new SseParser();
  readonly #decoder: StreamDecoder<E>;
  #out: E[] = [];

  constructor(decoder: StreamDecoder<E>) {
    this.#decoder = decoder;
  }

  get done(): boolean {
    return this.#decoder.done;
  }

  get usage(): Usage | undefined {
    return this.#decoder.usage;
  }

  bytes(chunk: Uint8Array, out: E[]): void {
    this.#out = out;
    this.#parser.push(chunk, this.#onMessage);
  }

  end(out: E[]): void {
    this.#out = out;
    this.#parser.end(this.#onMessage);
    if (!this.#decoder.done) this.#decoder.end(out);
  }

  // A field, as the one callback of every read.
  readonly #onMessage = (message: SseMessage): void => {
    if (!this.#decoder.done) this.#decoder.message(message, this.#out);
  };
}
