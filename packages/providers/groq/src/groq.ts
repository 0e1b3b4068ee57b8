import type { ProviderOf } from '@inferway/core';
import { defineFileProvider, fileBatches, type ProviderFiles } from '@inferway/provider-kit';
import { ENDPOINTS, type GroqOperation } from './endpoints.js';
import type { GroqOptions } from './groq-options.js';
import { rateLimit, refineError } from './limits.js';
import { modelListing } from './model-listing.js';

const FILES = { path: 'openai/v1/files' };

/** Groq's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createGroq(
  options: GroqOptions = {},
): ProviderOf<'groq', GroqOperation> & { readonly files: ProviderFiles } {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineFileProvider(
    {
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
      batch: fileBatches({
        endpoints: { chat: ENDPOINTS.chat },
        // Batches leave out what stands before the version (console.groq.com, "Batch API"). Its discount has been 25 % and 50 %: it is not known.
        url: (path) => path.replace(/^openai/u, ''),
        path: 'openai/v1/batches',
        files: FILES,
        mostBytes: 200_000_000,
      }),
      rateLimit,
      refineError,
      transport,
    },
    FILES,
  );
}
