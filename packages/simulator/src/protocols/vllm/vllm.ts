import type { JsonObject } from '@inferway/core';
import {
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
} from '@inferway/wire';
import type { SimulatedModel } from '../../models.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { completeEndpoint } from '../../serve/complete-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat } from '../../serve/edited-format.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import type { Endpoint } from '../../serve/endpoint.js';
import { getRoute, postRoute } from '../../serve/plain-routes.js';
import { brokenRule } from '../openai/rules.js';
import type { Protocol, Route } from '../protocol.js';
import { otherRoutes } from './other-routes.js';
import { tokenizeRoutes } from './tokenize.js';
import { vllmVoice as voice } from './voice.js';
import { vllmWords } from './words.js';

/** A vLLM server: chats, also by Responses and in Anthropic's protocol, completions, embeddings, rankings, scores, transcriptions, tokens, models and health. */
export function vllm(context: SimulatorContext): Protocol<'vllm'> {
  const chatIn = (format: Endpoint<'chat'>['format']): Endpoint<'chat'> =>
    chatEndpoint({
      format,
      voice,
      cache: 'automatic',
      reasoning: 'shown',
      callPrefix: 'chatcmpl-tool-',
    });
  const chat = { ...chatIn(editedFormat(openaiChat, vllmWords)), check: brokenRule };
  const messages = chatIn(editedFormat(anthropicMessages, { provider: 'vllm' }));
  const responses = chatIn(editedFormat(openaiResponses, { provider: 'vllm' }));
  const complete = completeEndpoint(editedFormat(openaiCompletions, vllmWords), voice);
  const embed = embedEndpoint(editedFormat(openaiEmbeddings, { provider: 'vllm' }), voice);
  return {
    name: 'vllm',
    prefix: '/vllm',
    basePath: '/vllm/v1',
    voice,
    routes: [
      postRoute(/^\/v1\/chat\/completions$/u, chat, context),
      postRoute(/^\/v1\/messages$/u, messages, context),
      postRoute(/^\/v1\/responses$/u, responses, context),
      postRoute(/^\/v1\/completions$/u, complete, context),
      postRoute(/^\/v1\/embeddings$/u, embed, context),
      ...otherRoutes(context),
      ...tokenizeRoutes(context),
      getRoute(/^\/v1\/models$/u, voice, context, () => ({
        object: 'list',
        data: context.models.map((model) => listed(model)),
      })),
      openRoute(/^\/(?:health|ping)$/u, ''),
      openRoute(/^\/version$/u, { version: '0.0.0-simulated' }),
    ],
  };
}

// Beneath the root no key is asked for.
function openRoute(path: RegExp, body: object | string): Route {
  return {
    method: 'GET',
    path,
    handle(exchange) {
      exchange.over('complete');
      exchange.send({ status: 200, body });
    },
  };
}

function listed({ id, contextLength = 200_000 }: SimulatedModel): JsonObject {
  return {
    id,
    object: 'model',
    created: 1_767_225_600,
    owned_by: 'vllm',
    root: id,
    parent: null,
    max_model_len: contextLength,
    permission: [],
  };
}
