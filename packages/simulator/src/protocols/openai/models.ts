import type { JsonObject } from '@inferway/core';
import type { SimulatedModel } from '../../models.js';
import type { SimulatorContext } from '../../serve/context.js';
import { findModel } from '../../serve/model-reference.js';
import { checkKey } from '../../serve/check-key.js';
import { refuse } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { openaiVoice as voice } from './voice.js';

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function modelRoutes(context: SimulatorContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/v1\/models$/u,
      handle(exchange) {
        const denied = checkKey(voice, context, exchange);
        if (denied !== undefined) return refuse(voice, denied, exchange);
        exchange.over('complete');
        exchange.send({
          status: 200,
          body: { object: 'list', data: context.models.map((model) => listed(model)) },
        });
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/(.+)$/u,
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

function listed(model: SimulatedModel): JsonObject {
  return { id: model.id, object: 'model', created: 1_767_225_600, owned_by: 'inferway-simulator' };
}
