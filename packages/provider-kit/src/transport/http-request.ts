import type { Progress } from '@inferway/core';

/** Request headers, ready to be sent: names as they travel, values checked by `checkHeaderValue`. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** One HTTP request of one attempt. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https://host[:port]`, nothing after it. */
  readonly origin: string;
  /** Path and query, beginning with a slash, already encoded. */
  readonly path: string;
  readonly headers: RequestHeaders;
  readonly body?: string | Uint8Array | undefined;
  /** Aborting it rejects the exchange at once and closes its connection, in any phase. */
  readonly signal: AbortSignal;
  /** `tell`: a redirect is an answer like any other, for downloads that carry neither key nor prompt. Default `refuse`. */
  readonly redirects?: 'refuse' | 'tell' | undefined;
  readonly progress?: Progress | undefined;
}
