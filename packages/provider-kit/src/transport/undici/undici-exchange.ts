import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { contentEncodings } from '../content-encoding.js';
import type { HeaderRecord } from '../header-record.js';
import type { HttpRequest } from '../http-request.js';
import { Incoming } from '../incoming.js';
import { isClosedConnection, networkError } from '../network-error.js';
import { encodingBroken, encodingRefused, redirectRefused } from '../refusals.js';
import type { TransportLimits } from '../transport.js';
import { ContentDecoder, type DecodedSink } from './content-decoder.js';

type Controller = Dispatcher.DispatchController;

/** Sends an exchange once more, on a connection that nobody used before. */
export type Resend = (exchange: UndiciExchange, request: HttpRequest) => void;

/** One exchange over undici's `dispatch`: its handler and its answer in one object, so that a call costs no other. */
export class UndiciExchange extends Incoming implements Dispatcher.DispatchHandler, DecodedSink {
  /** The socket that undici opens for this very exchange, where it opens one. */
  #connecting: Socket | undefined;
  #controller: Controller | undefined;
  #decoder: ContentDecoder | undefined;
  /** Set while a failure may be that of a kept-alive connection that the server had just closed. */
  #resend: Resend | undefined;
  #started = false;

  constructor(request: HttpRequest, limits: TransportLimits, resend: Resend) {
    super(request, limits);
    this.#resend = resend;
  }

  /** Told by the connector: this exchange gets a connection of its own. */
  opens(socket: Socket): void {
    this.#connecting = socket;
    this.#resend = undefined;
  }

  onRequestStart(controller: Controller): void {
    this.#connecting = undefined;
    // Undici has no way to take a call out of its queue. Thrown here, it gives the connection to the next one; `abort` would close it.
    if (this.over) throw new Error('given up before it was sent');
    this.#controller = controller;
    this.#started = true;
    this.request.progress?.connected?.();
  }

  // The first byte of an answer: from here on the request has been seen, and is not sent again.
  onResponseStarted(): void {
    this.#resend = undefined;
  }

  onResponseStart(_controller: Controller, status: number, headers: HeaderRecord): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.request.progress?.headers?.(status);
    if (status >= 300 && status < 400 && this.request.redirects !== 'tell') {
      this.abandon(redirectRefused(this.request.origin, status));
      return;
    }
    if (headers['content-encoding'] !== undefined) {
      const found = contentEncodings(headers);
      if ('refused' in found) {
        this.abandon(encodingRefused(this.request.origin, found.refused));
        return;
      }
      if (found.encodings.length > 0) this.#decoder = new ContentDecoder(found.encodings, this);
    }
    this.accept();
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    this.request.progress?.bytes?.(chunk.length);
    if (this.#decoder === undefined) this.receive(chunk);
    else if (!this.#decoder.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#decoder === undefined) this.receivedAll();
    else this.#decoder.end();
  }

  onResponseError(_controller: Controller | undefined, cause: Error): void {
    if (this.over) return;
    const resend = this.#resend;
    if (resend !== undefined && this.#started && isClosedConnection(cause)) {
      this.#resend = undefined;
      this.#controller = undefined;
      this.resent = true;
      resend(this, this.request);
      return;
    }
    const sent = this.#started || this.resent;
    this.fail(networkError(cause, { origin: this.request.origin, sent }));
    this.#decoder?.destroy();
  }

  decoded(chunk: Uint8Array): void {
    this.receive(chunk);
  }

  decodedEnd(): void {
    this.receivedAll();
  }

  decodeFailed(cause: unknown): void {
    this.abandon(encodingBroken(this.request.origin, cause));
  }

  drained(): void {
    this.#controller?.resume();
  }

  protected closeConnection(reason: Error): void {
    this.#decoder?.destroy();
    this.#controller?.abort(reason);
    // Without an error undici would wait for this connection for ever.
    this.#connecting?.destroy(reason);
  }

  protected holdConnection(): void {
    if (this.#decoder === undefined) this.#controller?.pause();
    else this.#decoder.pause();
  }

  protected resumeConnection(): void {
    if (this.#decoder === undefined) this.#controller?.resume();
    else this.#decoder.resume();
  }
}
