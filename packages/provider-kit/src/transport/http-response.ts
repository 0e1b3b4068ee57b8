import type { InferwayError } from '@inferway/core';
import type { HeaderRecord } from './header-record.js';

/** Takes the bytes of a body as they arrive. Called synchronously from the socket; exactly one of `end` and `fail` comes, last. */
export interface BodySink {
  data(chunk: Uint8Array): void;
  end(): void;
  fail(error: InferwayError): void;
}

/**
 * An answer whose status and headers have arrived. Its body is read once, by `text`, `bytes` or `read`; who wants none calls `cancel`.
 * A connection whose answer was not read to its end is closed, never used again.
 */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderRecord;
  /** True where the request was sent a second time because a kept-alive connection closed under it: it may have been executed twice. */
  readonly resent: boolean;
  /** The whole body as UTF-8 text, content encodings undone. @throws {InferwayError} `too_large` above the transport's cap, `connection` where it broke off. */
  text(): Promise<string>;
  /** The whole body as it is, content encodings undone. @throws {InferwayError} as `text`. */
  bytes(): Promise<Uint8Array>;
  /** Pushes the body into `sink`, beginning with what has come already. */
  read(sink: BodySink): void;
  /** Stops reading from the socket until `resume`. */
  pause(): void;
  resume(): void;
  /** The rest is of no use, and is expected to be nothing: keeps the connection if the answer ends at once, else closes it. The sink hears nothing more. */
  release(): void;
  /** Closes the connection now. The sink hears nothing more. */
  cancel(reason: InferwayError): void;
}
