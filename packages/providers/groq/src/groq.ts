import type { ProviderOf } from '@inferway/core';
import { defineProvider } from '@inferway/provider-kit';
import { ENDPOINTS, type GroqOperation } from './endpoints.js';
import type { GroqOptions } from './groq-options.js';
import { rateLimit, refineError } from './limits.js';
import { modelListing } from './model-listing.js';

/** Groq's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createGroq(options: GroqOptions = {}): ProviderOf<'groq', GroqOperation> {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineProvider({
    name: 'groq',
    baseUrl: {
      given: baseUrl,
      env: 'GROQ_BASE_URL',
      standard: 'https://api.groq.com',
      // Its own client's address has it not, OpenAI's has.
      without: '/openai/v1',
    },
    key: { apiKey, env: ['GROQ_API_KEY'] },
    headers,
    endpoints: ENDPOINTS,
    models: modelListing,
    rateLimit,
    refineError,
    transport,
  });
}
