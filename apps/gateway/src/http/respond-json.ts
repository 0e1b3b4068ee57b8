import { baseHeaders } from './answer-headers.js';
import type { Exchange } from './exchange.js';

/** Writes a whole JSON answer, or one of another type. Headers and body leave in one write. */
export function respondJson(
  exchange: Exchange,
  status: number,
  body: string | Uint8Array,
  headers: string[] = baseHeaders(exchange),
  contentType = 'application/json; charset=utf-8',
): void {
  const { response } = exchange;
  headers.push('content-type', contentType, 'content-length', String(Buffer.byteLength(body)));
  response.writeHead(status, headers);
  response.end(body);
}
