import type { IncomingMessage, ServerResponse } from 'node:http';
import { InferwayError, type Caller } from '@inferway/core';
import { protocolOf, type Protocol } from './protocol.js';
import type { ToldStanding } from './told-standing.js';

const NOBODY: Caller = Object.freeze({});

/** One request of a caller and the answer to it, from its headers to its end. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Ours, or the caller's own where it gave a sane one; in `x-request-id` of every answer. */
  readonly id: string;
  /** The shape of its errors. */
  protocol: Protocol;
  /** On whose behalf the call is: who has the key that it came with. */
  caller: Caller = NOBODY;
  /** How that caller's limits and budgets stand; undefined before there is a call. */
  standing: ToldStanding | undefined;
  readonly #waitsForContinue: boolean;
  #controller: AbortController | undefined;
  #ended: InferwayError | undefined;
  #onAbort: ((reason: InferwayError) => void) | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    waitsForContinue: boolean,
  ) {
    this.request = request;
    this.response = response;
    this.id = id;
    this.protocol = protocolOf(request.url ?? '', request.headers);
    this.#waitsForContinue = waitsForContinue;
  }

  /** Called before the body is read: a caller that asked first (`expect: 100-continue`) is told to send it. */
  askForBody(): void {
    if (this.#waitsForContinue) this.response.writeContinue();
  }

  /** Aborts when the caller leaves or the gateway gives up on the exchange. Made on first use: most answers to bad input need none. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended !== undefined) this.#controller.abort(this.#ended);
    }
    return this.#controller.signal;
  }

  /** True once nobody is there to read an answer. */
  get left(): boolean {
    return this.response.destroyed;
  }

  /** Tells of the abort while no signal is needed yet: whoever asks last is told. */
  onAbort(tell: (reason: InferwayError) => void): void {
    if (this.#ended === undefined) this.#onAbort = tell;
    else tell(this.#ended);
  }

  /** Ends the work behind the answer. The first reason counts. */
  abort(reason: InferwayError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#onAbort?.(reason);
    this.#controller?.abort(reason);
  }

  /** The connection closed, or the answer is out. */
  closed(): void {
    if (this.response.writableFinished) return;
    this.abort(
      new InferwayError('aborted', { message: 'The caller left before the answer was complete.' }),
    );
  }
}
