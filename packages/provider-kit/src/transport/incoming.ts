import {
  abortReason,
  listenTo,
  systemClock,
  unlisten,
  type AbortListener,
  type InferwayError,
} from '@inferway/core';
import type { HeaderRecord } from './header-record.js';
import type { HttpRequest } from './http-request.js';
import type { BodySink, HttpResponse } from './http-response.js';
import { bodyDropped, bodyTooLarge } from './refusals.js';
import { DEFAULT_MAX_BODY_BYTES, READ_AHEAD_BYTES, type TransportLimits } from './transport.js';

/** How long a released answer may go on before its connection is closed instead of kept. */
const LINGER_MS = 50;

const utf8 = new TextDecoder();
const NOTHING = new Uint8Array();

interface PendingWhole {
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: InferwayError) => void;
}

/**
 * One exchange as every transport sees it, from before the connection to the end of the body: who waits for headers, who takes the body,
 * read-ahead, caps, abort. A transport adds how bytes come in and how its connection is closed.
 */
export abstract class Incoming implements HttpResponse, AbortListener {
  status = 0;
  headers: HeaderRecord = {};
  resent = false;
  readonly accepted: Promise<HttpResponse>;
  protected readonly request: HttpRequest;
  readonly #maxBodyBytes: number;
  #accept: ((response: HttpResponse) => void) | undefined;
  #refuse: ((error: InferwayError) => void) | undefined;
  #over = false;
  #error: InferwayError | undefined;
  #chunks: Uint8Array[] | undefined;
  #size = 0;
  #held = false;
  #released = false;
  #sink: BodySink | undefined;
  #whole: PendingWhole | undefined;
  #linger: unknown;

  constructor(request: HttpRequest, limits: TransportLimits) {
    this.request = request;
    this.#maxBodyBytes = limits.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    listenTo(request.signal, this);
  }

  /** Closes the connection, whatever its phase. */
  protected abstract closeConnection(reason: Error): void;
  protected abstract holdConnection(): void;
  protected abstract resumeConnection(): void;

  /** True once nothing more may come: ended, failed or given up. */
  protected get over(): boolean {
    return this.#over;
  }

  /** The listener of the request's signal. */
  handleEvent(): void {
    this.abandon(abortReason(this.request.signal));
  }

  protected accept(): void {
    this.#accept?.(this);
    this.#accept = undefined;
    this.#refuse = undefined;
  }

  /** Takes a piece of the decoded body. */
  protected receive(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#sink !== undefined) {
      this.#sink.data(chunk);
      return;
    }
    if (this.#released) return;
    this.#size += chunk.length;
    (this.#chunks ??= []).push(chunk);
    if (this.#whole === undefined) {
      if (this.#size > READ_AHEAD_BYTES) this.pause();
    } else if (this.#size > this.#maxBodyBytes) {
      this.abandon(bodyTooLarge(this.request.origin, this.#maxBodyBytes));
    }
  }

  protected receivedAll(): void {
    if (this.#over) return;
    this.#finish();
    if (this.#sink !== undefined) this.#sink.end();
    else this.#whole?.resolve(this.#take());
  }

  /** The exchange failed; the connection is gone already. */
  protected fail(error: InferwayError): void {
    if (this.#over) return;
    this.#finish();
    this.#error = error;
    this.#chunks = undefined;
    this.#refuse?.(error);
    this.#refuse = undefined;
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fail(error);
    this.#whole?.reject(error);
  }

  /** The exchange is given up; its connection is closed. */
  protected abandon(error: InferwayError): void {
    if (this.#over) return;
    this.fail(error);
    this.closeConnection(error);
  }

  text(): Promise<string> {
    return this.bytes().then(decodeUtf8);
  }

  bytes(): Promise<Uint8Array> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#size > this.#maxBodyBytes) {
      const error = bodyTooLarge(this.request.origin, this.#maxBodyBytes);
      this.abandon(error);
      return Promise.reject(error);
    }
    if (this.#over) return Promise.resolve(this.#take());
    const whole = new Promise<Uint8Array>((resolve, reject) => {
      this.#whole = { resolve, reject };
    });
    this.resume();
    return whole;
  }

  read(sink: BodySink): void {
    const chunks = this.#chunks;
    this.#chunks = undefined;
    if (this.#error !== undefined) {
      sink.fail(this.#error);
      return;
    }
    this.#sink = sink;
    const { over } = this;
    const wasHeld = this.#held;
    this.#held = false;
    // The sink may let go of the answer, or its signal abort, at any piece.
    for (const chunk of chunks ?? []) if (this.#sink === sink) sink.data(chunk);
    if (this.#sink !== sink) return;
    if (over) sink.end();
    else if (wasHeld && !this.#held && !this.#over) this.resumeConnection();
  }

  pause(): void {
    if (this.#over || this.#held) return;
    this.#held = true;
    this.holdConnection();
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#over) this.resumeConnection();
  }

  release(): void {
    if (this.#released) return;
    this.#drop();
    this.#released = true;
    if (this.#over) return;
    this.resume();
    // The end of the answer is usually in the very bytes that are being delivered now: a timer only for what is not.
    queueMicrotask(() => {
      if (this.#over) return;
      this.#linger = systemClock.setTimer(() => this.abandon(bodyDropped()), LINGER_MS);
    });
  }

  cancel(reason: InferwayError): void {
    this.#drop();
    this.abandon(reason);
  }

  #drop(): void {
    this.#sink = undefined;
    this.#chunks = undefined;
    this.#size = 0;
  }

  #finish(): void {
    this.#over = true;
    unlisten(this.request.signal, this);
    if (this.#linger !== undefined) systemClock.clearTimer(this.#linger);
  }

  #take(): Uint8Array {
    const chunks = this.#chunks ?? [];
    this.#chunks = undefined;
    const [first] = chunks;
    if (first === undefined) return NOTHING;
    if (chunks.length === 1) return first;
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
