import type { JsonObject } from '@inferway/core';
import { BytesBody, decodeTask, encodeTaskOutput, type HfTask } from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { serve } from '../../serve/serve.js';
import type { Route } from '../protocol.js';
import { EndpointStates } from './endpoint-state.js';
import { answerTask } from './tasks/answer-task.js';
import { readTaskBody, tellTask, textOf } from './tasks/task-desk.js';
import { similarity } from './tasks/text-answers.js';

/** The chats and other formats that engines have in common. */
export interface EngineEndpoints {
  readonly chat: Endpoint<'chat'>;
  readonly responses: Endpoint<'chat'>;
  readonly messages: Endpoint<'chat'>;
  readonly complete: Endpoint<'complete'>;
  readonly embed: Endpoint<'embed'>;
}

const TEI_TASKS: Readonly<Record<string, HfTask>> = {
  embed: 'feature-extraction',
  predict: 'text-classification',
  similarity: 'sentence-similarity',
};

/** Dedicated endpoints at `/endpoints/{name}/…`, each with its engine's routes, and the control plane's word on their state. */
export function endpointRoutes(
  engines: EngineEndpoints,
  context: SimulatorContext,
): readonly Route[] {
  const states = new EndpointStates(context);
  const post = (path: RegExp, handle: Route['handle']): Route =>
    states.route({ method: 'POST', path, handle });
  const engine = '([^/]+)';
  const at = (rest: string): RegExp => new RegExp(`^/endpoints/${engine}/${rest}$`, 'u');
  return [
    post(at('v1/chat/completions'), (exchange) => serve(engines.chat, context, exchange)),
    post(at('v1/responses'), (exchange) => serve(engines.responses, context, exchange)),
    post(at('v1/messages'), (exchange) => serve(engines.messages, context, exchange)),
    post(at('v1/completions'), (exchange) => serve(engines.complete, context, exchange)),
    post(at('v1/embeddings'), (exchange) => serve(engines.embed, context, exchange)),
    // Text Embeddings Inference.
    states.route({
      method: 'GET',
      path: at('info'),
      handle(exchange, [name = '']) {
        exchange.over('complete');
        if (!name.startsWith('tei')) exchange.send({ status: 404, body: { detail: 'Not Found' } });
        else
          exchange.send({ status: 200, body: { model_id: 'sim', model_type: { embedding: {} } } });
      },
    }),
    post(at('(embed|predict|similarity)'), async (exchange, [name = '', route = '']) => {
      const body = await readTaskBody(exchange, context);
      if (body === undefined) return;
      const task = TEI_TASKS[route] ?? 'feature-extraction';
      const model = { id: `sim-${task}`, task, partners: [] };
      tellTask({ exchange, context, id: model.id, servedBy: name }, model, textOf(body), () => ({
        status: 200,
        body: encodeTaskOutput(task, answerTask(decodeTask(task, body).request)) as object,
      }));
    }),
    post(at('(?:v1/)?rerank'), async (exchange, [name = '']) => {
      const body = await readTaskBody(exchange, context);
      if (body === undefined || body instanceof BytesBody) return;
      const ranked = rank(body as JsonObject);
      const isTei = name.startsWith('tei');
      const model = { id: 'sim-rerank', task: 'sentence-similarity', partners: [] } as const;
      tellTask({ exchange, context, id: model.id, servedBy: name }, model, textOf(body), () => ({
        status: 200,
        body: isTei
          ? ranked
          : { results: ranked.map(({ index, score }) => ({ index, relevance_score: score })) },
      }));
    }),
    {
      method: 'GET',
      path: /^\/v2\/endpoint\/[^/]+\/([^/]+)$/u,
      handle(exchange, [name = '']) {
        exchange.over('complete');
        exchange.send({ status: 200, body: { name, status: { state: states.stateOf(name) } } });
      },
    },
  ];
}

function rank(body: JsonObject): readonly { readonly index: number; readonly score: number }[] {
  const texts = [body['texts'] ?? body['documents'] ?? []].flat();
  return texts
    .map((text, index) => ({ index, score: similarity(String(body['query']), String(text)) }))
    .toSorted((a, b) => b.score - a.score);
}
