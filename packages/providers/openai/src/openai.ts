import type { ProviderOf } from '@inferway/core';
import {
  defineFileProvider,
  endpoint,
  fileBatches,
  headerValue,
  openaiModelListing,
  openaiRateLimit,
  type ProviderFiles,
  type RequestHeaders,
  type Transport,
} from '@inferway/provider-kit';
import { openaiCompletions, openaiEmbeddings, openaiInputTokens } from '@inferway/wire';
import { chatEndpoints } from './choose-api.js';
import { responsesDialect } from './dialects.js';
import { media } from './media.js';
import type { OpenAIApi } from './openai-provider-options.js';

export interface OpenAIOptions {
  /** Default: the environment variable `OPENAI_API_KEY`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Whom usage counts for, where the key belongs to several organizations. */
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  /** Default: the environment variable `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. */
  readonly baseUrl?: string | undefined;
  /** Default `auto`: Responses for models that reason, Chat Completions for others and for what only it can say. Also `providerOptions.openai.api`. */
  readonly api?: OpenAIApi | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** OpenAI's own API. @throws {InferwayError} `configuration` for a bad URL, key or header. */
export function createOpenAI(options: OpenAIOptions = {}): ProviderOf<
  'openai',
  'chat' | 'complete' | 'embed' | 'countTokens' | 'image' | 'speech' | 'transcribe' | 'raw'
> & {
  readonly files: ProviderFiles;
} {
  const { apiKey, organization, project, baseUrl, api, headers, transport } = options;
  const chat = chatEndpoints(api);
  const complete = endpoint({ format: openaiCompletions, path: 'completions' });
  const embed = endpoint({ format: openaiEmbeddings, path: 'embeddings' });
  return defineFileProvider({
    name: 'openai',
    baseUrl: { given: baseUrl, env: 'OPENAI_BASE_URL', standard: 'https://api.openai.com/v1' },
    key: { apiKey, env: ['OPENAI_API_KEY'] },
    headers: {
      ...(organization === undefined ? {} : { 'openai-organization': organization }),
      ...(project === undefined ? {} : { 'openai-project': project }),
      ...headers,
    },
    endpoints: {
      chat,
      countTokens: endpoint({
        format: openaiInputTokens,
        path: 'responses/input_tokens',
        dialect: responsesDialect,
      }),
      complete,
      embed,
      ...media,
    },
    models: openaiModelListing,
    // Half the price of calls (help.openai.com, "Batch API FAQ").
    batch: fileBatches({ endpoints: { chat, complete, embed }, discount: 0.5 }),
    rateLimit: openaiRateLimit,
    serverTimings(responseHeaders) {
      const ms = headerValue(responseHeaders, 'openai-processing-ms');
      return ms === undefined ? undefined : { processing: Number(ms) };
    },
    transport,
  });
}
