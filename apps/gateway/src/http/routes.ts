import { chatTraits, completeTraits } from '@inferway/core';
import { anthropicMessages, openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import type { Exchange } from './exchange.js';
import type { GatewayParts } from './gateway-parts.js';
import type { Protocol } from './protocol.js';
import { serveCall } from './serve-call.js';
import { serveHealth } from './serve-health.js';
import { serveModels } from './serve-models.js';

/** One thing that the gateway serves. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** True: no key is asked for. */
  readonly open?: boolean;
  /** The shape of its errors. */
  readonly protocol: Protocol;
  readonly serve: (exchange: Exchange) => Promise<void>;
}

/** All that is served. The server knows no other way in. */
export function createRoutes(parts: GatewayParts): Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/chat/completions',
      protocol: openaiChat,
      serve: serveCall(
        { operation: 'chat', format: openaiChat, traits: chatTraits, idPrefix: 'chatcmpl-' },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/messages',
      protocol: anthropicMessages,
      serve: serveCall(
        { operation: 'chat', format: anthropicMessages, traits: chatTraits, idPrefix: 'msg_' },
        parts,
      ),
    },
    {
      method: 'POST',
      path: '/v1/completions',
      protocol: openaiCompletions,
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
      protocol: openaiEmbeddings,
      serve: serveCall({ operation: 'embed', format: openaiEmbeddings, idPrefix: 'embd-' }, parts),
    },
    {
      method: 'GET',
      path: '/v1/models',
      protocol: openaiChat,
      serve: serveModels(parts),
    },
    {
      method: 'GET',
      path: '/healthz',
      open: true,
      protocol: openaiChat,
      serve: serveHealth(parts.isStopping),
    },
  ];
}

/** The shape of errors where no route was found: Anthropic's under its path or with its version header, else OpenAI's. */
export function protocolOf({ request }: Exchange): Protocol {
  const { url = '', headers } = request;
  return url.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined
    ? anthropicMessages
    : openaiChat;
}
