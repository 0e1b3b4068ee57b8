import {
  InferwayError,
  isContentByDefault,
  type Clock,
  type EventOf,
  type Operation,
  type OperationTraits,
  type StreamReply,
} from '@inferway/core';
import { answerHeaders, COST_HEADER, costText } from './answer-headers.js';
import { ChunkedBody } from './chunked-body.js';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import type { Beating } from './heartbeat.js';
import type { StreamWriter } from './stream-writer.js';

/**
 * Writes an answer as server-sent events, or as the file that it is. The 200 waits for the first event that holds content, so that what fails before it gets a
 * status of its own. What fails after it gets the protocol's error event, and the connection ends without the end of the body:
 * no client can take it for a whole answer.
 */
export async function respondStream<K extends Operation>(
  exchange: Exchange,
  reply: StreamReply<K>,
  writer: StreamWriter<EventOf<K>>,
  traits: OperationTraits<K> | undefined,
  parts: GatewayParts,
): Promise<void> {
  const { response } = exchange;
  const { events } = reply;
  await events.prime(traits?.isContent ?? isContentByDefault);
  // Here already: what it is made of says what the body is.
  let batch = await events.nextBatch();
  if (exchange.left) return;
  let piece = writer.encode(batch ?? []);
  const headers = answerHeaders(exchange, reply.meta, parts.marks);
  headers.push('content-type', writer.contentType, 'x-accel-buffering', 'no');
  // Trailers need chunks, which HTTP/1.0 does not have.
  if (response.useChunkedEncodingByDefault) headers.push('trailer', COST_HEADER);
  response.writeHead(200, headers);
  const body = new ChunkedBody(response);
  const stream: Beating = { response, body, wrote: true };
  if (writer.beats) parts.heartbeat.add(stream);
  try {
    while (batch !== undefined) {
      if (piece.length > 0) {
        stream.wrote = true;
        if (!body.write(piece)) await drained(exchange, parts.limits.stallMs, parts.clock);
      }
      batch = await events.nextBatch();
      if (batch !== undefined) piece = writer.encode(batch);
    }
  } catch (reason) {
    const error = InferwayError.from(reason);
    if (error.code === 'internal') parts.report(reason);
    if (exchange.left) return;
    const words = writer.fail(error, exchange.id);
    if (words !== undefined) body.write(parts.redact(words));
    body.breakOff();
    return;
  } finally {
    parts.heartbeat.delete(stream);
  }
  body.end(COST_HEADER, costText(events.outcome?.cost));
}

/** Until the caller has taken what was written, or has left. One that takes nothing for `stallMs` is given up. */
function drained(exchange: Exchange, stallMs: number, clock: Clock): Promise<void> {
  const { response } = exchange;
  return new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimer(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    const timer = clock.setTimer(() => response.destroy(), stallMs);
    response.on('drain', done);
    response.on('close', done);
  });
}
