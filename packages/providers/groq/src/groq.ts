import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  rawEndpoint,
  type RequestHeaders,
  type Transport,
} from '@inferway/provider-kit';
import { openaiChat, openaiEmbeddings } from '@inferway/wire';
import { chatDialect, EMBED_DIALECT } from './dialects.js';
import { rateLimit, refineError } from './limits.js';
import { modelListing } from './model-listing.js';

export interface GroqOptions {
  /** Default: the environment variable `GROQ_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** With or without `/openai/v1`. Default: the environment variable `GROQ_BASE_URL`, else `https://api.groq.com`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

const V1 = 'openai/v1';

/** Groq's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createGroq(
  options: GroqOptions = {},
): ProviderOf<'groq', 'chat' | 'embed' | 'raw'> {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineProvider({
    name: 'groq',
    baseUrl: {
      given: baseUrl,
      env: 'GROQ_BASE_URL',
      standard: 'https://api.groq.com',
      without: `/${V1}`,
    },
    key: { apiKey, env: ['GROQ_API_KEY'] },
    headers,
    endpoints: {
      chat: endpoint({ format: openaiChat, path: `${V1}/chat/completions`, dialect: chatDialect }),
      embed: endpoint({
        format: openaiEmbeddings,
        path: `${V1}/embeddings`,
        dialect: EMBED_DIALECT,
      }),
      raw: rawEndpoint,
    },
    models: modelListing,
    rateLimit,
    refineError,
    transport,
  });
}
