import type { JsonObject } from '@inferway/core';
import {
  openaiChat,
  openaiCompletions,
  tgiGenerate,
  type Format,
  type WireBody,
} from '@inferway/wire';
import type { SimulatedModel } from '../../models.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { completeEndpoint } from '../../serve/complete-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat } from '../../serve/edited-format.js';
import type { AnyEndpoint, Served } from '../../serve/endpoint.js';
import { findModel } from '../../serve/model-reference.js';
import { getRoute, postRoute } from '../../serve/plain-routes.js';
import { serve } from '../../serve/serve.js';
import type { Protocol } from '../protocol.js';
import { tokenizeRoutes } from './tokenize.js';
import { tgiStreamVoice, tgiVoice as voice } from './voice.js';

/** A stop sequence stays in the text, and answers without a limit are long. */
const RULES = { keepsStop: true, defaultLength: 1024 };

/** A Text Generation Inference server with the first model: generation, whole and streamed, chats, tokens, the model's own facts and health. */
export function tgi(context: SimulatorContext): Protocol<'tgi'> {
  const [first] = context.models.filter(({ kind = 'chat' }) => kind === 'chat');
  const find = (models: readonly SimulatedModel[], id: string): Served => {
    // A server has one model; what else a request names is an adapter of it.
    const model = findModel(models, id) ?? (first as SimulatedModel);
    return { model, shownAs: model.id, prices: model.prices };
  };
  const whole = { ...completeEndpoint(tgiGenerate, voice, RULES), find };
  const stream = {
    ...completeEndpoint(streamed, tgiStreamVoice, RULES),
    find,
  };
  const list = { ...completeEndpoint(tgiGenerate, voice, RULES), find, format: inList };
  const chat = {
    ...chatEndpoint({
      format: editedFormat(openaiChat, { provider: 'tgi' }),
      voice,
      cache: 'automatic',
      reasoning: 'hidden',
      callPrefix: '',
    }),
    find,
  };
  const completions = {
    ...completeEndpoint(editedFormat(openaiCompletions, { provider: 'tgi' }), voice, RULES),
    find,
  };
  const info = first === undefined ? {} : infoOf(first);
  return {
    name: 'tgi',
    prefix: '/tgi',
    basePath: '/tgi',
    voice,
    routes: [
      postRoute(/^\/generate$/u, whole, context),
      postRoute(/^\/generate_stream$/u, stream, context),
      // Both shapes at one address: the body says which.
      {
        method: 'POST',
        path: /^\/$|^$/u,
        handle: (exchange) => serve(list as AnyEndpoint<'complete'>, context, exchange),
      },
      postRoute(/^\/v1\/chat\/completions$/u, chat, context),
      postRoute(/^\/v1\/completions$/u, completions, context),
      ...tokenizeRoutes(context),
      getRoute(/^\/info$/u, voice, context, () => info),
      getRoute(/^\/v1\/models$/u, voice, context, () => ({
        object: 'list',
        data: [{ id: first?.id, object: 'model', created: 0, owned_by: first?.id }],
      })),
      getRoute(/^\/(?:health|ping)$/u, voice, context, () => ({})),
    ],
  };
}

/** The same format for the path that always streams. The prompt is no token of the answer, also where the whole text begins with it. */
const streamed: Format<'complete'> = {
  ...tgiGenerate,
  name: `${tgiGenerate.name} in events`,
  decodeRequest(body) {
    const decoded = tgiGenerate.decodeRequest(body);
    const { echo: _echo, ...request } = decoded.request;
    return { ...decoded, stream: true, request };
  },
};

/** As the root path answers: a list of one. */
const inList: Format<'complete', object, JsonObject, WireBody> = {
  ...tgiGenerate,
  name: `${tgiGenerate.name} in a list`,
  encodeResponse: (answer, as) => [tgiGenerate.encodeResponse(answer, as)],
};

function infoOf({ id, contextLength = 200_000 }: SimulatedModel): object {
  return {
    model_id: id,
    model_sha: null,
    model_pipeline_tag: 'text-generation',
    max_concurrent_requests: 128,
    max_best_of: 2,
    max_stop_sequences: 4,
    max_input_tokens: contextLength - 1,
    max_total_tokens: contextLength,
    validation_workers: 2,
    max_client_batch_size: 4,
    router: 'inferway-simulator',
    version: '0.0.0-simulated',
    sha: null,
    docker_label: null,
  };
}
