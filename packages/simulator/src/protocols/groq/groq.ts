import type { JsonObject } from '@inferway/core';
import { openaiChat, openaiEmbeddings } from '@inferway/wire';
import type { SimulatedModel } from '../../models.js';
import { batchRoutes } from '../../batches/batch-routes.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat } from '../../serve/edited-format.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import { getRoute, postRoute } from '../../serve/plain-routes.js';
import type { Protocol } from '../protocol.js';
import { audioRoutes } from './audio-routes.js';
import { brokenRule } from './rules.js';
import { groqVoice as voice } from './voice.js';
import { groqWords } from './words.js';

/** Groq's chats, embeddings, audio, models, files and batches. */
export function groq(context: SimulatorContext): Protocol<'groq'> {
  const chat = {
    ...chatEndpoint({
      format: editedFormat(openaiChat, groqWords),
      voice,
      cache: 'automatic',
      reasoning: 'shown',
      callPrefix: 'call_',
    }),
    check: brokenRule,
  };
  const embed = embedEndpoint(editedFormat(openaiEmbeddings, { provider: 'groq' }), voice);
  return {
    name: 'groq',
    prefix: '/groq',
    // Its own client adds the rest.
    basePath: '/groq',
    voice,
    routes: [
      postRoute(/^\/openai\/v1\/chat\/completions$/u, chat, context),
      postRoute(/^\/openai\/v1\/embeddings$/u, embed, context),
      ...audioRoutes(context),
      getRoute(/^\/openai\/v1\/models$/u, voice, context, () => ({
        object: 'list',
        data: context.models.map((model) => listed(model)),
      })),
      ...batchRoutes(context, {
        voice,
        prefix: '/openai/v1',
        endpoints: { '/v1/chat/completions': chat },
      }),
    ],
  };
}

function listed({
  id,
  contextLength = 200_000,
  maxOutputTokens = 32_000,
}: SimulatedModel): JsonObject {
  return {
    id,
    object: 'model',
    created: 1_767_225_600,
    owned_by: 'inferway-simulator',
    active: true,
    context_window: contextLength,
    public_apps: null,
    max_completion_tokens: maxOutputTokens,
  };
}
