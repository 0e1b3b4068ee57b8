import { baseHeaders } from './answer-headers.js';
import type { Exchange } from './exchange.js';

/** Writes a whole JSON answer. Headers and body leave in one write. */
export function respondJson(
  exchange: Exchange,
  status: number,
  body: string,
  headers: string[] = baseHeaders(exchange),
): void {
  const { response } = exchange;
  headers.push(
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
  );
  response.writeHead(status, headers);
  response.end(body);
}
