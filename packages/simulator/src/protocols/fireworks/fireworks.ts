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
import type { Protocol } from '../protocol.js';
import { findFireworks as find } from './find.js';
import { mediaRoutes } from './media-routes.js';
import { brokenRule } from './rules.js';
import { fireworksVoice as voice } from './voice.js';
import { fireworksWords } from './words.js';

/** Fireworks AI's chats, completions, embeddings, rankings, transcriptions and models, and chats by Responses and in Anthropic's protocol. */
export function fireworks(context: SimulatorContext): Protocol<'fireworks'> {
  const chatIn = (format: Endpoint<'chat'>['format']): Endpoint<'chat'> => ({
    ...chatEndpoint({ format, voice, cache: 'automatic', reasoning: 'shown', callPrefix: 'call_' }),
    find,
  });
  const chat = { ...chatIn(editedFormat(openaiChat, fireworksWords)), check: brokenRule };
  const messages = chatIn(editedFormat(anthropicMessages, { provider: 'fireworks' }));
  const responses = chatIn(editedFormat(openaiResponses, { provider: 'fireworks' }));
  const complete = {
    ...completeEndpoint(editedFormat(openaiCompletions, fireworksWords), voice),
    find,
  };
  const embed = {
    ...embedEndpoint(editedFormat(openaiEmbeddings, { provider: 'fireworks' }), voice),
    find,
  };
  return {
    name: 'fireworks',
    prefix: '/fireworks',
    basePath: '/fireworks/inference/v1',
    voice,
    routes: [
      postRoute(/^\/inference\/v1\/chat\/completions$/u, chat, context),
      postRoute(/^\/inference\/v1\/completions$/u, complete, context),
      postRoute(/^\/inference\/v1\/messages$/u, messages, context),
      postRoute(/^\/inference\/v1\/responses$/u, responses, context),
      postRoute(/^\/inference\/v1\/embeddings$/u, embed, context),
      ...mediaRoutes(context),
      getRoute(/^\/inference\/v1\/models$/u, voice, context, () => ({
        object: 'list',
        data: context.models.map((model) => listed(model)),
      })),
    ],
  };
}

function listed({ id, kind = 'chat', contextLength = 200_000 }: SimulatedModel): JsonObject {
  return {
    id: `accounts/fireworks/models/${id}`,
    object: 'model',
    owned_by: 'fireworks',
    created: 1_767_225_600,
    kind: kind === 'embedding' ? 'EMBEDDING_MODEL' : 'HF_BASE_MODEL',
    supports_chat: kind === 'chat',
    supports_image_input: kind === 'chat',
    supports_tools: kind === 'chat',
    context_length: contextLength,
  };
}
