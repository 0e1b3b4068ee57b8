import type { ProviderOf } from '@inferway/core';
import { defineProvider, proxyRateLimit } from '@inferway/provider-kit';
import { ENDPOINTS } from './endpoints.js';
import { modelListing, refineError, serverTimings } from './server-words.js';
import type { TgiOptions } from './tgi-options.js';

/** A Text Generation Inference server. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createTgi(
  options: TgiOptions = {},
): ProviderOf<'tgi', 'chat' | 'complete' | 'countTokens' | 'raw'> {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineProvider({
    name: 'tgi',
    baseUrl: {
      given: baseUrl,
      env: 'TGI_BASE_URL',
      standard: 'http://localhost:8080',
      // OpenAI's clients want it, TGI's own routes have it not.
      without: '/v1',
    },
    key: { apiKey, env: ['TGI_API_KEY'], optional: true },
    headers,
    endpoints: ENDPOINTS,
    models: modelListing,
    serverTimings,
    // The server itself has no limits; what stands in front of it may.
    rateLimit: proxyRateLimit,
    refineError,
    keepHeaders: ['x-compute-type', 'x-compute-time', 'x-compute-characters'],
    transport,
  });
}
