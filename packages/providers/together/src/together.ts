import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  headerRateLimit,
  rawEndpoint,
  type RequestHeaders,
  type Transport,
} from '@inferway/provider-kit';
import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { chatDialect, COMPLETE_DIALECT, EMBED_DIALECT } from './dialects.js';
import { modelListing } from './model-listing.js';
import { LIMIT_HEADERS, refineError } from './limits.js';

export interface TogetherOptions {
  /** Default: the environment variable `TOGETHER_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Default: the environment variable `TOGETHER_BASE_URL`, else `https://api.together.ai/v1`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Together AI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createTogether(
  options: TogetherOptions = {},
): ProviderOf<'together', 'chat' | 'complete' | 'embed' | 'raw'> {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineProvider({
    name: 'together',
    baseUrl: { given: baseUrl, env: 'TOGETHER_BASE_URL', standard: 'https://api.together.ai/v1' },
    key: { apiKey, env: ['TOGETHER_API_KEY'] },
    headers,
    endpoints: {
      chat: endpoint({ format: openaiChat, path: 'chat/completions', dialect: chatDialect }),
      complete: endpoint({
        format: openaiCompletions,
        path: 'completions',
        dialect: COMPLETE_DIALECT,
      }),
      embed: endpoint({ format: openaiEmbeddings, path: 'embeddings', dialect: EMBED_DIALECT }),
      raw: rawEndpoint,
    },
    models: modelListing,
    rateLimit: headerRateLimit(LIMIT_HEADERS),
    refineError,
    transport,
  });
}
