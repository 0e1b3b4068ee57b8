import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { batchRoutes } from '../../batches/batch-routes.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { completeEndpoint } from '../../serve/complete-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import { serve } from '../../serve/serve.js';
import type { Protocol } from '../protocol.js';
import { mediaRoutes } from './media-routes.js';
import { modelRoutes } from './models.js';
import { responsesEndpoint, responsesRoutes } from './responses.js';
import { brokenRule } from './rules.js';
import { openaiVoice } from './voice.js';

/** OpenAI's Chat Completions, Responses, Completions, Embeddings, Images, Audio, Moderations, Models, Files and Batches. */
export function openai(context: SimulatorContext): Protocol<'openai'> {
  const chat = {
    ...chatEndpoint({
      format: openaiChat,
      voice: openaiVoice,
      cache: 'automatic',
      reasoning: 'hidden',
      callPrefix: 'call_',
    }),
    check: brokenRule,
  };
  const complete = completeEndpoint(openaiCompletions, {
    ...openaiVoice,
    answerId: (requestId) => `cmpl-${requestId.slice(4)}`,
  });
  const embed = embedEndpoint(openaiEmbeddings, openaiVoice);
  return {
    name: 'openai',
    prefix: '/openai',
    basePath: '/openai/v1',
    voice: openaiVoice,
    routes: [
      {
        method: 'POST',
        path: /^\/v1\/chat\/completions$/u,
        handle: (exchange) => serve(chat, context, exchange),
      },
      {
        method: 'POST',
        path: /^\/v1\/completions$/u,
        handle: (exchange) => serve(complete, context, exchange),
      },
      {
        method: 'POST',
        path: /^\/v1\/embeddings$/u,
        handle: (exchange) => serve(embed, context, exchange),
      },
      ...responsesRoutes(context),
      ...mediaRoutes(context),
      ...modelRoutes(context),
      ...batchRoutes(context, {
        voice: openaiVoice,
        prefix: '/v1',
        endpoints: {
          '/v1/chat/completions': chat,
          '/v1/responses': responsesEndpoint(context.seed),
          '/v1/completions': complete,
          '/v1/embeddings': embed,
        },
      }),
    ],
  };
}
