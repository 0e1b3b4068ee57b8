import { InferwayError, type EventSource, type Usage } from '@inferway/core';
import type { ByteDecoder } from '@inferway/wire';
import type { BodySink, HttpResponse } from '../transport/http-response.js';
import { READ_AHEAD_BYTES } from '../transport/transport.js';

/** Completes an error of a running stream with what the reply knows. */
export type NameError = (error: InferwayError) => InferwayError;

interface Waiting<E> {
  readonly resolve: (events: readonly E[] | undefined) => void;
  readonly reject: (error: InferwayError) => void;
}

/**
 * Decodes an event stream in the socket's own callback, and hands out what has gathered since the last `pull` as one batch.
 * The protocol's end ends it at once and frees the connection, also where the server keeps the socket open or goes on talking.
 */
export class StreamSource<E> implements EventSource<E>, BodySink {
  readonly #response: HttpResponse;
  readonly #decoder: ByteDecoder<E>;
  readonly #name: NameError;
  #queue: E[] = [];
  /** Bytes whose events wait in the queue. */
  #undelivered = 0;
  #ended = false;
  #error: InferwayError | undefined;
  #waiting: Waiting<E> | undefined;

  constructor(response: HttpResponse, decoder: ByteDecoder<E>, name: NameError) {
    this.#response = response;
    this.#decoder = decoder;
    this.#name = name;
  }

  get usage(): Usage | undefined {
    return this.#decoder.usage;
  }

  data(chunk: Uint8Array): void {
    if (this.#ended) return;
    try {
      this.#decoder.bytes(chunk, this.#queue);
    } catch (reason) {
      const error = InferwayError.from(reason);
      this.fail(error);
      this.#response.cancel(error);
      return;
    }
    if (this.#decoder.done) {
      this.#ended = true;
      this.#response.release();
    } else if (this.#queue.length > 0 && this.#waiting === undefined) {
      this.#undelivered += chunk.length;
      if (this.#undelivered > READ_AHEAD_BYTES) this.#response.pause();
    }
    this.#deliver();
  }

  end(): void {
    if (this.#ended) return;
    try {
      this.#decoder.end(this.#queue);
    } catch (reason) {
      this.fail(InferwayError.from(reason));
      return;
    }
    this.#ended = true;
    this.#deliver();
  }

  fail(error: InferwayError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = this.#name(error);
    this.#deliver();
  }

  pull(): Promise<readonly E[] | undefined> {
    if (this.#queue.length > 0) return Promise.resolve(this.#take());
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  cancel(reason: InferwayError): void {
    this.#queue = [];
    if (this.#ended) return;
    this.fail(reason);
    this.#response.cancel(reason);
  }

  #take(): readonly E[] {
    const batch = this.#queue;
    this.#queue = [];
    this.#undelivered = 0;
    this.#response.resume();
    return batch;
  }

  #deliver(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.#queue.length > 0) waiting.resolve(this.#take());
    else if (this.#error !== undefined) waiting.reject(this.#error);
    else if (this.#ended) waiting.resolve(undefined);
    else return;
    this.#waiting = undefined;
  }
}
