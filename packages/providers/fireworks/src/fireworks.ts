import type { ProviderOf } from '@inferway/core';
import { defineProvider, describedListing, endpoint, rawEndpoint } from '@inferway/provider-kit';
import { anthropicMessages, openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import {
  chatDialect,
  COMPLETE_DIALECT,
  EMBED_DIALECT,
  MESSAGES_DIALECT,
  messagesHeaders,
} from './dialects.js';
import type { FireworksOptions } from './fireworks-options.js';
import { rateLimit, refineError } from './limits.js';
import { headerTimings } from './server-timings.js';

/** Fireworks AI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createFireworks(
  options: FireworksOptions = {},
): ProviderOf<'fireworks', 'chat' | 'complete' | 'embed' | 'raw'> {
  const { apiKey, api = 'chat', baseUrl, headers, transport } = options;
  const standard = 'https://api.fireworks.ai/inference';
  return defineProvider({
    name: 'fireworks',
    baseUrl: { given: baseUrl, env: 'FIREWORKS_BASE_URL', standard, without: '/v1' },
    key: { apiKey, env: ['FIREWORKS_API_KEY'] },
    headers,
    endpoints: {
      chat: api === 'messages' ? MESSAGES : CHAT,
      complete: endpoint({
        format: openaiCompletions,
        path: 'v1/completions',
        dialect: COMPLETE_DIALECT,
      }),
      embed: endpoint({ format: openaiEmbeddings, path: 'v1/embeddings', dialect: EMBED_DIALECT }),
      raw: rawEndpoint,
    },
    callHeaders: api === 'messages' ? messagesHeaders : undefined,
    models: describedListing('v1/models'),
    keepHeaders: [
      'fireworks-cached-prompt-tokens',
      'fireworks-deployment',
      'x-ratelimit-over-limit',
    ],
    rateLimit,
    serverTimings: headerTimings,
    refineError,
    transport,
  });
}

const CHAT = endpoint({ format: openaiChat, path: 'v1/chat/completions', dialect: chatDialect });
const MESSAGES = endpoint({
  format: anthropicMessages,
  path: 'v1/messages',
  dialect: MESSAGES_DIALECT,
});
