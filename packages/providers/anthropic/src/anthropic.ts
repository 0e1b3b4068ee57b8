import type { ProviderOf } from '@inferway/core';
import {
  defineFileProvider,
  endpoint,
  rawEndpoint,
  type ProviderFiles,
  type RequestHeaders,
  type Transport,
} from '@inferway/provider-kit';
import {
  anthropicCountTokens,
  anthropicMessages,
  type AnthropicDialect,
  type AnthropicVersion,
} from '@inferway/wire';
import { rateLimit, refineError } from './answer-headers.js';
import { messageBatches } from './batch.js';
import { modelListing, modelRules } from './models.js';
import { callHeaders, fileSettings, type AnthropicBeta } from './provider-options.js';

export interface AnthropicOptions {
  /** Default: the environment variable `ANTHROPIC_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Version of the API. Default `2023-06-01`, which takes all that the newer one takes, and sampling settings for the models that have them. */
  readonly version?: AnthropicVersion | undefined;
  /** Names for the `anthropic-beta` header of every call. */
  readonly betas?: readonly AnthropicBeta[] | undefined;
  /** How the key travels. Default: `x-api-key`, and `bearer` from version `2026-10-21` on; proxies often want `bearer`. */
  readonly auth?: 'x-api-key' | 'bearer' | undefined;
  /** `max_tokens`, which the API requires, where a request does not say it. Default: the model's own limit, at most 32 000. */
  readonly maxOutputTokens?: number | undefined;
  /** Default: the environment variable `ANTHROPIC_BASE_URL`, else `https://api.anthropic.com`; `/v1/messages` comes after it. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** Anthropic's own API, or another server of its Messages protocol. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createAnthropic(
  options: AnthropicOptions = {},
): ProviderOf<'anthropic', 'chat' | 'countTokens' | 'raw'> & { readonly files: ProviderFiles } {
  const { version = '2023-06-01' } = options;
  const more = options.headers?.['anthropic-beta']?.split(',') ?? [];
  const betas = [...(options.betas ?? []), ...more.map((beta) => beta.trim())];
  const auth = options.auth ?? (version === '2023-06-01' ? 'x-api-key' : 'bearer');
  const dialect: AnthropicDialect = { version, model: modelRules(options.maxOutputTokens) };
  return defineFileProvider(
    {
      name: 'anthropic',
      baseUrl: {
        given: options.baseUrl,
        env: 'ANTHROPIC_BASE_URL',
        standard: 'https://api.anthropic.com',
      },
      key: {
        apiKey: options.apiKey,
        env: ['ANTHROPIC_API_KEY'],
        headers: auth === 'bearer' ? undefined : (key) => ({ 'x-api-key': key }),
      },
      headers: {
        'anthropic-version': version,
        ...options.headers,
        ...(betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }),
      },
      callHeaders: callHeaders(betas),
      endpoints: {
        chat: endpoint({ format: anthropicMessages, path: 'v1/messages', dialect }),
        countTokens: endpoint({
          format: anthropicCountTokens,
          path: 'v1/messages/count_tokens',
          dialect,
        }),
        raw: rawEndpoint,
      },
      models: modelListing,
      batch: (connection) => messageBatches(connection, dialect, betas),
      requestIdHeaders: ['request-id'],
      rateLimit,
      refineError,
      transport: options.transport,
    },
    fileSettings(betas),
  );
}
