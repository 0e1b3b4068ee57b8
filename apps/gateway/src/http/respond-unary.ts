import type { Operation, UnaryReply } from '@inferway/core';
import type { EncodeAs, Format } from '@inferway/wire';
import { answerHeaders, COST_HEADER, costText, type Marks } from './answer-headers.js';
import type { Exchange } from './exchange.js';
import { respondJson } from './respond-json.js';

/** Writes a whole answer in the caller's protocol. */
export function respondUnary<K extends Operation>(
  exchange: Exchange,
  reply: UnaryReply<K>,
  format: Format<K>,
  as: EncodeAs,
  marks: Marks,
): void {
  const body = format.encodeResponse({ result: reply.result, usage: reply.usage }, as);
  const headers = answerHeaders(exchange, reply.meta, marks);
  headers.push(COST_HEADER, costText(reply.cost));
  respondJson(exchange, 200, JSON.stringify(body), headers);
}
