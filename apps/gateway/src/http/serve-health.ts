import { baseHeaders } from './answer-headers.js';
import type { Exchange } from './exchange.js';
import { respondJson } from './respond-json.js';

/** `GET /healthz`: 200 while calls are taken, 503 once the gateway is stopping. */
export function serveHealth(isStopping: () => boolean): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const stopping = isStopping();
    const body = JSON.stringify({ status: stopping ? 'stopping' : 'ok' });
    respondJson(exchange, stopping ? 503 : 200, body, baseHeaders(exchange));
  };
}
