import type { Operation, OperationTraits, State, StreamReply, UnaryReply } from '@inferway/core';
import type { Format } from '@inferway/wire';
import { CALLER } from '../models/caller.js';
import { FALLBACKS } from '../models/fallbacks.js';
import { checkContentType } from './content-type.js';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import { parseJson } from '../json/parse-json.js';
import { readBody } from './read-body.js';
import { respondStream } from './respond-stream.js';
import { respondUnary } from './respond-unary.js';

/** One operation in one protocol, as the gateway serves it. */
export interface Surface<K extends Operation> {
  readonly operation: K;
  readonly format: Format<K>;
  readonly traits?: OperationTraits<K>;
  /** In front of the id of an answer that has none of its own. */
  readonly idPrefix: string;
}

/** Answers the calls of one surface: decode, run through the chain, encode. */
export function serveCall<K extends Operation>(
  { operation, format, traits, idPrefix }: Surface<K>,
  parts: GatewayParts,
): (exchange: Exchange) => Promise<void> {
  const { client, names, limits, clock } = parts;
  return async (exchange) => {
    checkContentType(exchange.request.headers['content-type']);
    const decoded = format.decodeRequest(
      parseJson(await readBody(exchange, limits.bodyBytes), limits.jsonDepth),
    );
    const target = names.resolve(decoded.model);
    const as = {
      ...decoded.as,
      id: idPrefix + exchange.id,
      model: decoded.model,
      created: Math.floor(clock.wallTime() / 1000),
    };
    const state = (state: State): void => {
      state.set(CALLER, exchange.keyId);
      if (target.fallbacks.length > 0) state.set(FALLBACKS, target.fallbacks);
    };
    const { model } = target;
    const { signal } = exchange;
    const { request } = decoded;
    if (decoded.stream && format.streamEncoder !== undefined) {
      const reply = await client.send(operation, request, { model, stream: true, signal, state });
      const encoder = format.streamEncoder(as);
      // While K is open, the compiler cannot see that `stream: true` gives a stream.
      await respondStream(exchange, reply as StreamReply<K>, encoder, traits, parts);
    } else {
      const reply = await client.send(operation, request, { model, stream: false, signal, state });
      respondUnary(exchange, reply as UnaryReply<K>, format, as, parts.marks);
    }
  };
}
