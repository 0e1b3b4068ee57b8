import type { HttpRequest } from '../../src/index.js';

/** A POST to a test server. */
export function requestTo(
  server: { readonly origin: string },
  more: Partial<HttpRequest> = {},
): HttpRequest {
  return {
    method: 'POST',
    origin: server.origin,
    path: '/v1/echo',
    headers: { 'content-type': 'application/json', authorization: 'Bearer secret-key-1' },
    body: '{"é":1}',
    signal: new AbortController().signal,
    ...more,
  };
}

/** Undici has a connection ready for the next call only after a turn of the event loop. */
export const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
