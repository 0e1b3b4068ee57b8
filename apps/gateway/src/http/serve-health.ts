import type { Exchange } from './exchange.js';
import { respondJson } from './respond-json.js';

/** `GET /healthz`: 200 for as long as calls are taken. A gateway that stops takes no connection to ask on. */
export async function serveHealth(exchange: Exchange): Promise<void> {
  respondJson(exchange, 200, '{"status":"ok"}');
}
