import type { ProviderOf } from '@inferway/core';
import {
  defineFileProvider,
  fileBatches,
  type FileSettings,
  type ProviderFiles,
} from '@inferway/provider-kit';
import { ENDPOINTS, type TogetherOperation } from './endpoints.js';
import { rateLimit, refineError } from './limits.js';
import { modelListing } from './model-listing.js';
import type { TogetherOptions } from './together-options.js';

/** Together's own way to upload, and batches at a discount for some models only (docs.together.ai, "Batch"; its OpenAPI description). */
const FILES: FileSettings = {
  uploadPath: 'files/upload',
  uploadFields: (name) => ({ file_name: name, file_type: name.split('.').at(-1) ?? '' }),
};

/** Together AI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createTogether(
  options: TogetherOptions = {},
): ProviderOf<'together', TogetherOperation> & { readonly files: ProviderFiles } {
  const { apiKey, baseUrl, headers, transport } = options;
  return defineFileProvider(
    {
      name: 'together',
      baseUrl: { given: baseUrl, env: 'TOGETHER_BASE_URL', standard: 'https://api.together.ai/v1' },
      key: { apiKey, env: ['TOGETHER_API_KEY'] },
      headers,
      endpoints: ENDPOINTS,
      models: modelListing,
      batch: fileBatches({
        endpoints: { chat: ENDPOINTS.chat },
        files: FILES,
        purpose: 'batch-api',
        lineNamesRoute: false,
        metadata: false,
        mostBytes: 100_000_000,
      }),
      rateLimit,
      refineError,
      transport,
    },
    FILES,
  );
}
