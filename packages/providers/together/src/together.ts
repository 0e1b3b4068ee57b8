import type { ProviderOf } from '@inferway/core';
import { defineProvider } from '@inferway/provider-kit';
import { ENDPOINTS, type TogetherOperation } from './endpoints.js';
import { rateLimit, refineError } from './limits.js';
import { modelListing } from './model-listing.js';
import type { TogetherOptions } from './together-options.js';

/** Together AI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createTogether(
  options: TogetherOptions = {},
): ProviderOf<'together', TogetherOperation> {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineProvider({
    name: 'together',
    baseUrl: { given: baseUrl, env: 'TOGETHER_BASE_URL', standard: 'https://api.together.ai/v1' },
    key: { apiKey, env: ['TOGETHER_API_KEY'] },
    headers,
    endpoints: ENDPOINTS,
    models: modelListing,
    rateLimit,
    refineError,
    transport,
  });
}
