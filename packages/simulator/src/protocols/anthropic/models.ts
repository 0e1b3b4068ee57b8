import type { JsonObject } from '@inferway/core';
import type { SimulatedModel } from '../../models.js';
import { findModel } from '../../serve/model-reference.js';
import { checkKey } from '../../serve/check-key.js';
import { refuse } from '../../serve/serve.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Route } from '../protocol.js';
import { anthropicVoice as voice } from './voice.js';

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function modelRoutes(context: SimulatorContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v1\/models$/u,
      handle(exchange) {
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        const all = context.models.filter((model) => (model.kind ?? 'chat') === 'chat').map(listed);
        const query = new URLSearchParams(exchange.record.path.split('?')[1]);
        const after = query.get('after_id');
        const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
        const data = all.slice(start, start + Number(query.get('limit') ?? 20));
        exchange.over('complete');
        exchange.send({
          status: 200,
          body: {
            data,
            has_more: start + data.length < all.length,
            first_id: data[0]?.['id'] ?? null,
            last_id: data.at(-1)?.['id'] ?? null,
          },
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/([^/]+)$/u,
      handle(exchange, [id = '']) {
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        const model = findModel(context.models, id);
        if (model === undefined)
          return refuse(voice, { kind: 'unknown-model', model: id }, exchange);
        exchange.over('complete');
        exchange.send({ status: 200, body: listed(model) });
      },
    },
  ];
}

const YES = { supported: true } as const;

function listed(model: SimulatedModel): JsonObject {
  return {
    type: 'model',
    id: model.id,
    display_name: `${model.id} (simulated)`,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: model.contextLength ?? 200_000,
    max_tokens: model.maxOutputTokens ?? 32_000,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
    capabilities: {
      batch: YES,
      citations: YES,
      image_input: YES,
      pdf_input: YES,
      structured_outputs: YES,
      thinking: { supported: true, types: { adaptive: YES, enabled: YES, disabled: YES } },
      effort: { supported: true, low: YES, medium: YES, high: YES, xhigh: YES, max: YES },
    },
  };
}
