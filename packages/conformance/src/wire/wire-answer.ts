import type { WireRequest } from './wire-request.js';

/** One HTTP answer, before it is put on the wire. */
export interface WireAnswer {
  /** Default 200. */
  readonly status?: number | undefined;
  /** Names in lower case. Default content type: `text/event-stream` with `frames`, else `application/json`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A whole body. */
  readonly body?: string | Uint8Array | undefined;
  /** A streamed body: one entry a message of the protocol, its end (the blank line of an event stream) included. */
  readonly frames?: readonly (string | Uint8Array)[] | undefined;
}

/** The call that is being answered. */
export interface WireCall {
  /** A word of its own for this call. Where a protocol needs several exchanges, the paths of all but the first must hold it. */
  readonly id: string;
  /** Of the kit's server, for addresses that an answer names: `http://127.0.0.1:…`. */
  readonly origin: string;
  /** The model id that was called. */
  readonly model: string;
  /** The request that began the call. */
  readonly request: WireRequest;
}

/** A whole JSON answer. */
export function jsonAnswer(
  body: unknown,
  status?: number,
  headers?: Readonly<Record<string, string>>,
): WireAnswer {
  return { status, headers, body: JSON.stringify(body) };
}
