import { InferwayError, type JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import { readBody } from '../../http/read-body.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { newBatch, shownBatch, type Batch } from './batch-record.js';
import { settleBatch } from './batch-run.js';
import { anthropicVoice as voice } from './voice.js';

/** `/v1/messages/batches` and what is beneath it (platform.claude.com, "Batch processing"). The header `x-simulate-fault: batch-expires` lets every second request expire. */
export function batchRoutes(
  context: SimulatorContext,
  endpoint: Endpoint<'chat'>,
): readonly Route[] {
  const batches = new Map<string, Batch>();
  const keyed =
    (handle: (exchange: Exchange, batch: Batch) => void) =>
    (exchange: Exchange, [id = '']: readonly string[]): void => {
      const denied = checkKey(voice, context, exchange);
      if (denied !== undefined) return refuse(voice, denied, exchange);
      const batch = batches.get(id);
      if (batch === undefined || batch.tenant !== exchange.record.tenant)
        return refuse(voice, { kind: 'unknown-model', model: id }, exchange);
      settleBatch(context, endpoint, batch, exchange);
      handle(exchange, batch);
    };
  const tell = (exchange: Exchange, body: JsonObject): void => {
    exchange.over('complete');
    exchange.send({ status: 200, body });
  };
  const one = String.raw`^/v1/messages/batches/([^/]+)`;
  return [
    {
      method: 'POST',
      path: /^\/v1\/messages\/batches$/u,
      async handle(exchange) {
        const text = await readBody(exchange.request, context.maxBodyBytes);
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        try {
          const batch = newBatch(context, exchange, text);
          batches.set(batch.id, batch);
          return tell(exchange, shownBatch(batch, hostOf(exchange)));
        } catch (reason) {
          if (!InferwayError.is(reason)) throw reason;
          return refuse(voice, { kind: 'invalid', error: reason }, exchange);
        }
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/messages\/batches$/u,
      handle(exchange) {
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        const own = [...batches.values()].filter(({ tenant }) => tenant === exchange.record.tenant);
        const data = own.map((batch) => shownBatch(batch, hostOf(exchange))).reverse();
        const ids = { first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null };
        return tell(exchange, { data, has_more: false, ...ids });
      },
    },
    {
      method: 'GET',
      path: new RegExp(`${one}$`, 'u'),
      handle: keyed((exchange, batch) => tell(exchange, shownBatch(batch, hostOf(exchange)))),
    },
    {
      method: 'POST',
      path: new RegExp(`${one}/cancel$`, 'u'),
      handle: keyed((exchange, batch) => {
        if (batch.lines === undefined) batch.cancelledAt ??= context.clock.wallTime();
        tell(exchange, shownBatch(batch, hostOf(exchange)));
      }),
    },
    {
      method: 'DELETE',
      path: new RegExp(`${one}$`, 'u'),
      handle: keyed((exchange, batch) => {
        batches.delete(batch.id);
        tell(exchange, { id: batch.id, type: 'message_batch_deleted' });
      }),
    },
    {
      method: 'GET',
      path: new RegExp(`${one}/results$`, 'u'),
      handle: keyed((exchange, batch) => {
        if (batch.lines === undefined) {
          const error = new InferwayError('invalid_request', {
            message: 'The batch has no results yet: its processing has not ended.',
          });
          return refuse(voice, { kind: 'invalid', error }, exchange);
        }
        exchange.over('complete');
        exchange.send({
          status: 200,
          headers: { 'content-type': 'application/x-jsonl' },
          body: batch.lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        });
      }),
    },
  ];
}

function hostOf(exchange: Exchange): string {
  return exchange.request.headers.host ?? '';
}
