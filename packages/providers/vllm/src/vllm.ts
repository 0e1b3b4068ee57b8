import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  describedListing,
  proxyRateLimit,
  type ErrorRefinement,
} from '@inferway/provider-kit';
import { endpointsOf, type VllmOperation } from './endpoints.js';
import type { VllmOptions } from './vllm-options.js';

/** A vLLM server. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createVllm(options: VllmOptions = {}): ProviderOf<'vllm', VllmOperation> {
  const { apiKey, baseUrl, headers, deadlineHeader, transport } = options;
  return defineProvider({
    name: 'vllm',
    baseUrl: {
      given: baseUrl,
      env: 'VLLM_BASE_URL',
      standard: 'http://localhost:8000',
      without: '/v1',
    },
    key: { apiKey, env: ['VLLM_API_KEY'], optional: true },
    headers,
    endpoints: endpointsOf(options),
    models: describedListing('v1/models'),
    // The server itself has no limits; what stands in front of it may.
    rateLimit: proxyRateLimit,
    refineError,
    deadlineHeader,
    transport,
  });
}

/** What a server does not do as it was started, another server may. */
const refineError: ErrorRefinement = ({ message = '' }, { status }) =>
  status === 400 && /requires --|--enable-auto-tool-choice/u.test(message)
    ? { code: 'unsupported', cure: 'Start the server with the options that it names.' }
    : undefined;
