import type { JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import type { SimulatorContext } from '../../serve/context.js';
import { findModel, ORGANISATION } from '../../serve/model-reference.js';
import type { Route } from '../protocol.js';
import { hubMapping, routerItem } from './listing.js';

/** The router's listing and the Hub's word on a model: both need no key. */
export function listingRoutes(context: SimulatorContext): readonly Route[] {
  const chat = context.models.filter((model) => model.kind !== 'embedding');
  return [
    {
      method: 'GET',
      path: /^\/v1\/models$/u,
      handle: (exchange) =>
        answer(exchange, 200, { object: 'list', data: chat.map((model) => routerItem(model)) }),
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/(.+)$/u,
      handle(exchange, [id = '']) {
        const model = findModel(chat, id);
        if (model === undefined) answer(exchange, 404, { error: `Model ${id} does not exist` });
        else answer(exchange, 200, routerItem(model));
      },
    },
    {
      method: 'GET',
      path: /^\/api\/models\/(.+)$/u,
      handle(exchange, [id = '']) {
        const model = findModel(context.models, id);
        if (model === undefined) {
          answer(exchange, 404, { error: 'Repository not found' });
          return;
        }
        const wanted = new URL(exchange.record.path, 'http://simulator').searchParams.getAll(
          'expand[]',
        );
        const isChat = model.kind !== 'embedding';
        answer(exchange, 200, {
          _id: '0123456789abcdef01234567',
          id: `${ORGANISATION}/${model.id}`,
          // A model without providers is answered without the key.
          inferenceProviderMapping:
            isChat && wanted.includes('inferenceProviderMapping') ? hubMapping(model) : undefined,
          inference: isChat && wanted.includes('inference') ? 'warm' : undefined,
          pipeline_tag: isChat ? 'text-generation' : 'feature-extraction',
        });
      },
    },
  ];
}

function answer(exchange: Exchange, status: number, body: JsonObject): void {
  exchange.over(status === 200 ? 'complete' : 'refused');
  exchange.send({ status, body });
}
