import type { ProviderOf } from '@inferway/core';
import { defineProvider, describedListing, pick, undiciTransport } from '@inferway/provider-kit';
import { audioOf } from './audio.js';
import { CHATS, messagesHeaders, OTHERS } from './endpoints.js';
import type { FireworksOptions } from './fireworks-options.js';
import { headerTimings, rateLimit, refineError } from './told.js';

type Operation = 'chat' | 'complete' | 'embed' | 'rerank' | 'transcribe' | 'raw';

/** Fireworks AI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createFireworks(
  options: FireworksOptions = {},
): ProviderOf<'fireworks', Operation> {
  const {
    apiKey,
    api = 'chat-completions',
    baseUrl,
    headers,
    transport = undiciTransport(),
  } = options;
  const identity = {
    name: 'fireworks',
    key: { apiKey, env: ['FIREWORKS_API_KEY'] },
    headers,
    keepHeaders: [
      'fireworks-cached-prompt-tokens',
      'fireworks-deployment',
      'x-ratelimit-over-limit',
    ],
    rateLimit,
    serverTimings: headerTimings,
    refineError,
    transport,
  } as const;
  const standard = 'https://api.fireworks.ai/inference';
  const audio = audioOf(identity, options);
  const main = defineProvider({
    ...identity,
    baseUrl: { given: baseUrl, env: 'FIREWORKS_BASE_URL', standard, without: '/v1' },
    endpoints: { ...OTHERS, chat: pick(CHATS, api, 'api') },
    callHeaders: api === 'messages' ? messagesHeaders : undefined,
    models: describedListing('v1/models'),
  });
  return { ...main, ...audio, traits: { ...main.traits, ...audio.traits } };
}
