import { chatTraits, completeTraits } from '@inferway/core';
import {
  anthropicCountTokens,
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiInputTokens,
  openaiResponses,
} from '@inferway/wire';
import { withCallerBetas } from './caller-betas.js';
import type { GatewayParts } from './gateway-parts.js';
import { mediaRoutes } from './media-routes.js';
import { ANTHROPIC, OPENAI } from './protocol.js';
import type { Route } from './route.js';
import { serveCall } from './serve-call.js';
import { serveHealth } from './serve-health.js';
import { serveModels } from './serve-models.js';

/** All that is served. The server knows no other way in. */
export function createRoutes(parts: GatewayParts): Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/chat/completions',
      protocol: OPENAI,
      serve: serveCall(
        { operation: 'chat', format: openaiChat, traits: chatTraits, idPrefix: 'chatcmpl-' },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/responses',
      protocol: OPENAI,
      serve: serveCall(
        { operation: 'chat', format: openaiResponses, traits: chatTraits, idPrefix: 'resp_' },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/responses/input_tokens',
      protocol: OPENAI,
      serve: serveCall(
        { operation: 'countTokens', format: openaiInputTokens, idPrefix: 'count_' },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/messages',
      protocol: ANTHROPIC,
      serve: serveCall(
        {
          operation: 'chat',
          format: anthropicMessages,
          traits: chatTraits,
          idPrefix: 'msg_',
          complete: withCallerBetas,
        },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/messages/count_tokens',
      protocol: ANTHROPIC,
      serve: serveCall(
        {
          operation: 'countTokens',
          format: anthropicCountTokens,
          idPrefix: 'count_',
          complete: withCallerBetas,
        },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/completions',
      protocol: OPENAI,
      serve: serveCall(
        {
          operation: 'complete',
          format: openaiCompletions,
          traits: completeTraits,
          idPrefix: 'cmpl-',
        },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/embeddings',
      protocol: OPENAI,
      serve: serveCall({ operation: 'embed', format: openaiEmbeddings, idPrefix: 'embd-' }, parts),
    },
    ...mediaRoutes(parts),
    {
      method: 'GET',
      path: '/v1/models',
      protocol: OPENAI,
      serve: serveModels(parts),
    },
    {
      method: 'GET',
      path: '/healthz',
      open: true,
      protocol: OPENAI,
      serve: serveHealth,
    },
  ];
}
