import type { JsonObject } from '@inferway/core';
import type { Exchange, HttpAnswer } from '../http/exchange.js';
import type { Route } from '../protocols/protocol.js';
import type { Voice } from '../protocols/voice.js';
import { checkKey } from '../serve/check-key.js';
import type { SimulatorContext } from '../serve/context.js';
import { refuse } from '../serve/serve.js';

/** A route for whoever has a key. */
export function keyedRoute(
  voice: Voice,
  context: SimulatorContext,
  method: Route['method'],
  path: RegExp,
  handle: (exchange: Exchange, id: string) => void,
): Route {
  return {
    method,
    path,
    handle(exchange, [id = '']) {
      const denied = checkKey(voice, context, exchange);
      if (denied !== undefined) return refuse(voice, denied, exchange);
      return handle(exchange, id);
    },
  };
}

export function tell(exchange: Exchange, body: object, status = 200): void {
  exchange.over('complete');
  exchange.send({ status, body });
}

/** Refuses with an error in OpenAI's form. */
export function refuseWith(voice: Voice, exchange: Exchange, answer: HttpAnswer): void {
  refuse(voice, { kind: 'refused', answer }, exchange);
}

export function noSuch(what: string, id: string): HttpAnswer {
  return failure(404, `No such ${what} object: ${id}`, 'id');
}

export function failure(status: number, message: string, param: string | null): HttpAnswer {
  return {
    status,
    body: { error: { message, type: 'invalid_request_error', param, code: null } },
  };
}

/** A part of a list from behind `after`, as many as `limit` says. */
export function page(entries: readonly JsonObject[], exchange: Exchange): JsonObject {
  const query = new URL(exchange.record.path, 'http://simulator').searchParams;
  const after = query.get('after');
  const from = after === null ? 0 : entries.findIndex(({ id }) => id === after) + 1;
  const limit = Number(query.get('limit') ?? 10_000);
  const data = entries.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: from + limit < entries.length,
  };
}
