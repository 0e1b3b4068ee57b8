import { setTimeout as delay } from 'node:timers/promises';
import type { InferwayError } from '@inferway/core';
import { isReplayed } from '@inferway/core/idempotency';
import { baseHeaders, plain, REPLAYED } from './answer-headers.js';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import { respondJson } from './respond-json.js';

// A refused body up to this size is read away, so that the connection can serve the next request.
const SMALL_BODY = 64 * 1024;
const LINGER_MS = 1_000;

/** Answers with an error in the caller's protocol. Never a stack, never a cause. */
export function respondError(
  exchange: Exchange,
  error: InferwayError,
  { redact, marks }: Pick<GatewayParts, 'redact' | 'marks'>,
  extra: readonly string[] = [],
): void {
  const { response } = exchange;
  if (exchange.left || response.headersSent) return;
  const body = redact(JSON.stringify(exchange.protocol.encodeError(error, exchange.id)));
  const headers = baseHeaders(exchange);
  headers.push(...extra, 'x-inferway-error', error.code);
  if (error.provider !== undefined) {
    headers.push(
      'x-inferway-provider',
      plain(error.provider),
      ...(marks.get(error.provider) ?? []),
    );
  }
  if (error.model !== undefined) headers.push('x-inferway-model', redact(plain(error.model)));
  if (error.requestId !== undefined) {
    headers.push('x-inferway-provider-request-id', redact(plain(error.requestId)));
  }
  if (error.attempts !== undefined) {
    headers.push('x-inferway-attempts', String(error.attempts.length));
  }
  if (isReplayed(error)) headers.push(...REPLAYED);
  if (error.retryAfterMs !== undefined) {
    const ms = Math.max(1, Math.ceil(error.retryAfterMs));
    headers.push('retry-after', String(Math.ceil(ms / 1000)), 'retry-after-ms', String(ms));
  }
  // Official clients retry every 5xx of their own accord; what cannot help is said to them.
  if (!error.retryable) headers.push('x-should-retry', 'false');
  const status = statusOf(error);
  if (bodyIsWaiting(exchange)) void lingering(exchange, status, body, headers);
  else respondJson(exchange, status, body, headers);
}

/** A status that the gateway itself chose, else the one of the error's code. A provider's own number may mean something else here. */
export function statusOf(error: InferwayError): number {
  return error.provider === undefined && error.status !== undefined
    ? error.status
    : error.httpStatus;
}

function bodyIsWaiting({ request }: Exchange): boolean {
  if (request.complete) return false;
  const length = request.headers['content-length'];
  if (length === undefined) return request.headers['transfer-encoding'] !== undefined;
  return Number(length) > SMALL_BODY;
}

/**
 * Closes a connection on which a body is still coming, after the caller had a moment to read why. Closed at once, the unread bytes
 * would make the system reset the connection, and the answer would be lost with it.
 */
async function lingering(
  { request, response }: Exchange,
  status: number,
  body: string,
  headers: string[],
): Promise<void> {
  headers.push(
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
    'connection',
    'close',
  );
  response.writeHead(status, headers);
  response.write(body);
  request.removeAllListeners('data');
  request.resume();
  const over = new AbortController();
  request.once('close', () => over.abort());
  await delay(LINGER_MS, undefined, { signal: over.signal, ref: false }).catch(() => {});
  response.end();
  request.destroy();
}
