import type { Operation, UnaryReply } from '@inferway/core';
import { BytesBody, type EncodeAs } from '@inferway/wire';
import { answerHeaders, COST_HEADER, costText, type Marks } from './answer-headers.js';
import type { Exchange } from './exchange.js';
import { respondJson } from './respond-json.js';
import type { ServedFormat } from './surface.js';

/** Writes a whole answer in the caller's protocol. */
export function respondUnary<K extends Operation>(
  exchange: Exchange,
  reply: UnaryReply<K>,
  format: ServedFormat<K>,
  as: EncodeAs,
  marks: Marks,
): void {
  const body = format.encodeResponse({ result: reply.result, usage: reply.usage }, as);
  const headers = answerHeaders(exchange, reply.meta, marks);
  headers.push(COST_HEADER, costText(reply.cost));
  if (body instanceof BytesBody) respondJson(exchange, 200, body.data, headers, body.mediaType);
  else respondJson(exchange, 200, JSON.stringify(body), headers);
}
