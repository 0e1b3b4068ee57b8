import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@inferway/core';
import type { RequestRecord } from './request-record.js';

/** The mark that every answer of a simulator carries. */
export const SIMULATED_HEADER = 'x-inferway-simulated';

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Bytes and text are sent as they are, other objects as JSON. */
  readonly body: Uint8Array | object | string;
}

/** One request and the answer to it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  readonly clock: Clock;
  /** Headers that the answer gets whatever becomes of it. */
  readonly headers: Record<string, string> = { [SIMULATED_HEADER]: '1' };
  #left: (() => void) | undefined;
  #gone = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    record: RequestRecord,
    clock: Clock,
  ) {
    this.request = request;
    this.response = response;
    this.record = record;
    this.clock = clock;
    response.once('close', () => {
      if (!response.writableFinished) this.leave();
    });
  }

  get requestId(): string {
    return this.record.requestId;
  }

  get socket(): Socket {
    return this.request.socket;
  }

  /** True once the client has left before the answer was over. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Tells when the client leaves before the answer is over; at once where it has left already. */
  onLeave(callback: () => void): void {
    if (this.#gone) callback();
    else this.#left = callback;
  }

  /** A header of the request, the first of several. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Writes status and headers. */
  begin(status: number, headers: Readonly<Record<string, string>>): void {
    this.record.status = status;
    this.record.firstByteAt = this.clock.now();
    this.response.writeHead(status, { ...this.headers, ...headers });
  }

  /** The whole answer at once. */
  send(answer: HttpAnswer): void {
    const { body } = answer;
    const json = typeof body !== 'string' && !(body instanceof Uint8Array);
    const content = json ? JSON.stringify(body) : body;
    this.begin(answer.status, {
      ...(json ? { 'content-type': 'application/json' } : {}),
      'content-length': String(Buffer.byteLength(content)),
      ...answer.headers,
    });
    this.response.end(content);
  }

  over(outcome: NonNullable<RequestRecord['outcome']>): void {
    this.record.outcome ??= outcome;
    this.record.endedAt ??= this.clock.now();
    this.#left = undefined;
  }

  /** The simulator itself ends the connection: nobody has left. */
  cut(): void {
    this.#gone = true;
  }

  /** The client is seen to have left. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    // An answer that a fault left open is over for the bill, yet it matters when the client gives up on it.
    if (!this.response.writableEnded) this.record.clientLeftAt = this.clock.now();
    this.#left?.();
  }
}
