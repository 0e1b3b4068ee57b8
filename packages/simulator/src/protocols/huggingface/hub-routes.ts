import { HF_TASKS } from '@inferway/wire';
import type { JsonObject } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import type { SimulatorContext } from '../../serve/context.js';
import { findModel, ORGANISATION } from '../../serve/model-reference.js';
import type { Route } from '../protocol.js';
import { hubMapping, routerItem } from './listing.js';
import { PARTNERS } from './partners.js';
import { findTaskModel, tasksOf, type TaskModel } from './tasks/task-models.js';

/** The router's listing and the Hub's word on a model: both need no key. */
export function listingRoutes(context: SimulatorContext): readonly Route[] {
  const chat = context.models.filter((model) => (model.kind ?? 'chat') === 'chat');
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
        const ofTask = model === undefined ? findTaskModel(id) : undefined;
        if (ofTask !== undefined) {
          answer(exchange, 200, taskItem(ofTask), limitHeaders(context));
          return;
        }
        if (model === undefined) {
          answer(exchange, 404, { error: 'Repository not found' });
          return;
        }
        const wanted = new URL(exchange.record.path, 'http://simulator').searchParams.getAll(
          'expand[]',
        );
        const isChat = (model.kind ?? 'chat') === 'chat';
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
    {
      method: 'GET',
      path: /^\/api\/models$/u,
      handle(exchange) {
        const query = new URL(exchange.record.path, 'http://simulator').searchParams;
        const wanted = query.get('inference_provider') ?? 'all';
        const task = query.get('pipeline_tag');
        const found = HF_TASKS.map((name) => findTaskModel(`sim-${name}`)).filter(
          (model) =>
            model !== undefined &&
            (task === null || model.task === task) &&
            (wanted === 'all' || wanted.split(',').some((one) => model.partners.includes(one))),
        );
        const most = Number(query.get('limit') ?? found.length);
        const items = found
          .slice(0, most)
          .flatMap((model) => (model === undefined ? [] : [taskItem(model)]));
        answer(exchange, 200, items, limitHeaders(context));
      },
    },
    {
      method: 'GET',
      path: /^\/api\/partners\/([\w-]+)\/models$/u,
      handle(exchange, [partner = '']) {
        const chats = PARTNERS.some(({ id }) => id === partner) ? chat : [];
        const conversational = Object.fromEntries(
          chats.map(({ id }) => [`${ORGANISATION}/${id}`, { status: 'live', providerId: id }]),
        );
        const tasks = tasksOf(partner).map((task) => [
          task,
          { [`${ORGANISATION}/sim-${task}`]: { status: 'live', providerId: `sim-${task}` } },
        ]);
        answer(exchange, 200, { conversational, ...Object.fromEntries(tasks) });
      },
    },
    {
      method: 'GET',
      path: /^\/api\/tasks$/u,
      handle: (exchange) =>
        answer(
          exchange,
          200,
          Object.fromEntries(
            HF_TASKS.map((task) => [
              task,
              { id: task, models: [{ id: `${ORGANISATION}/sim-${task}` }] },
            ]),
          ),
        ),
    },
  ];
}

/** The Hub's own limits, as its draft standard has them. */
function limitHeaders({ clock }: SimulatorContext): Readonly<Record<string, string>> {
  const left = 300 - (Math.floor(clock.wallTime() / 1000) % 300);
  return {
    ratelimit: `"api";r=499;t=${left}`,
    'ratelimit-policy': '"fixed window";"api";q=500;w=300',
  };
}

function taskItem({ id, task, partners }: TaskModel): JsonObject {
  const mapping = partners.map((partner) => [
    partner,
    {
      status: 'live',
      // fal's ids begin with its own name.
      providerId: partner === 'hf-inference' ? `${ORGANISATION}/${id}` : id,
      task,
      isModelAuthor: false,
    },
  ]);
  return {
    _id: '0123456789abcdef01234567',
    id: `${ORGANISATION}/${id}`,
    pipeline_tag: task,
    inference: 'warm',
    inferenceProviderMapping: Object.fromEntries(mapping) as JsonObject,
  };
}

function answer(
  exchange: Exchange,
  status: number,
  body: JsonObject | readonly JsonObject[],
  headers?: Readonly<Record<string, string>>,
): void {
  exchange.over(status === 200 ? 'complete' : 'refused');
  exchange.send({ status, body, ...(headers === undefined ? {} : { headers }) });
}
