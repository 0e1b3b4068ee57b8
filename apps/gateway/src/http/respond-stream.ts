import {
  InferwayError,
  isContentByDefault,
  type Clock,
  type EventOf,
  type Operation,
  type OperationTraits,
  type StreamReply,
} from '@inferway/core';
import type { StreamEncoder } from '@inferway/wire';
import { answerHeaders, COST_HEADER, costText } from './answer-headers.js';
import { ChunkedBody } from './chunked-body.js';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import type { Beating } from './heartbeat.js';

/**
 * Writes an answer as server-sent events. The 200 waits for the first event that holds content, so that what fails before it gets a
 * status of its own. What fails after it gets the protocol's error event, and the connection ends without the end of the body:
 * no client can take it for a whole answer.
 */
export async function respondStream<K extends Operation>(
  exchange: Exchange,
  reply: StreamReply<K>,
  encoder: StreamEncoder<EventOf<K>>,
  traits: OperationTraits<K> | undefined,
  parts: GatewayParts,
): Promise<void> {
  const { response } = exchange;
  const { events } = reply;
  await events.prime(traits?.isContent ?? isContentByDefault);
  if (exchange.left) return;
  const headers = answerHeaders(exchange, reply.meta, parts.marks);
  headers.push('content-type', 'text/event-stream', 'x-accel-buffering', 'no');
  // Trailers need chunks, which HTTP/1.0 does not have.
  if (response.useChunkedEncodingByDefault) headers.push('trailer', COST_HEADER);
  response.writeHead(200, headers);
  const body = new ChunkedBody(response);
  const stream: Beating = { response, body, wrote: true };
  parts.heartbeat.add(stream);
  try {
    for (;;) {
      const batch = await events.nextBatch();
      if (batch === undefined) break;
      const text = encoder.encode(batch);
      if (text === '') continue;
      stream.wrote = true;
      if (!body.write(text)) await drained(exchange, parts.limits.stallMs, parts.clock);
    }
  } catch (reason) {
    const error = InferwayError.from(reason);
    if (error.code === 'internal') parts.report(reason);
    if (exchange.left) return;
    body.write(parts.redact(encoder.fail(error, exchange.id)));
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
