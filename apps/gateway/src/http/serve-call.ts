import {
  caller,
  callerStanding,
  type Caller,
  type EventOf,
  type Operation,
  type State,
  type StreamReply,
  type UnaryReply,
} from '@inferway/core';
import { idempotencyKey } from '@inferway/core/idempotency';
import type { EncodeAs, StreamAs } from '@inferway/wire';
import { FALLBACKS } from '../models/fallbacks.js';
import { callTimeoutMs } from './call-timeout.js';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import { ASKED, idempotencyKeyOf } from './idempotency-header.js';
import { readCall } from './read-call.js';
import { respondStream } from './respond-stream.js';
import { respondUnary } from './respond-unary.js';
import { eventWriter, fileWriter, type StreamWriter } from './stream-writer.js';
import type { ServedFormat, Surface } from './surface.js';
import { ToldStanding } from './told-standing.js';

/** Answers the calls of one surface: decode, run through the chain, encode. */
export function serveCall<K extends Operation>(
  { operation, format, traits, idPrefix, takes = 'json', complete }: Surface<K>,
  parts: GatewayParts,
): (exchange: Exchange) => Promise<void> {
  const { client, names, limits, clock, reportUsers } = parts;
  return async (exchange) => {
    const { headers } = exchange.request;
    const givenMs = callTimeoutMs(headers);
    const key = idempotencyKeyOf(headers, parts.idempotency);
    const startedAt = clock.now();
    const decoded = format.decodeRequest(await readCall(exchange, takes, limits));
    const target = names.resolve(decoded.model);
    const as = {
      ...decoded.as,
      id: idPrefix + exchange.id,
      model: decoded.model,
      created: Math.floor(clock.wallTime() / 1000),
    };
    const who = reportUsers ? withUser(exchange.caller, decoded.request) : exchange.caller;
    const standing = new ToldStanding(clock);
    exchange.standing = standing;
    const state = (state: State): void => {
      state.set(caller, who);
      state.set(callerStanding, standing);
      if (key !== undefined) {
        state.set(idempotencyKey, key);
        state.set(ASKED, [idPrefix, decoded.model]);
      }
      if (target.fallbacks.length > 0) state.set(FALLBACKS, target.fallbacks);
    };
    const { model } = target;
    const { signal } = exchange;
    // Reading the body took a part of it.
    const timeoutMs = givenMs && Math.max(1, givenMs - (clock.now() - startedAt));
    const options = { model, signal, timeoutMs, state };
    const request = complete === undefined ? decoded.request : complete(decoded.request, headers);
    const writer = decoded.stream ? writerOf(format, as) : undefined;
    if (writer !== undefined) {
      const reply = await client.send(operation, request, { ...options, stream: true });
      // While K is open, the compiler cannot see that `stream: true` gives a stream.
      await respondStream(exchange, reply as StreamReply<K>, writer, traits, parts);
    } else {
      const reply = await client.send(operation, request, { ...options, stream: false });
      respondUnary(exchange, reply as UnaryReply<K>, format, as, parts.marks);
    }
  };
}

// The caller's own word: for reports only, and never longer than a report needs.
function withUser(who: Caller, request: unknown): Caller {
  const { user } = request as { readonly user?: unknown };
  return typeof user === 'string' && user !== '' ? { ...who, user: user.slice(0, 256) } : who;
}

/** Events, or the bytes of a file for callers that asked for no events. */
function writerOf<K extends Operation>(
  format: ServedFormat<K>,
  as: EncodeAs & StreamAs,
): StreamWriter<EventOf<K>> | undefined {
  if (format.byteEncoder !== undefined && as.form === undefined) {
    return fileWriter(format.byteEncoder(as));
  }
  return format.streamEncoder === undefined ? undefined : eventWriter(format.streamEncoder(as));
}
