import type { ProviderOf } from '@inferway/core';
import {
  defineFileProvider,
  endpoint,
  fileBatches,
  headerValue,
  openaiModelListing,
  openaiRateLimit,
  type ProviderFiles,
} from '@inferway/provider-kit';
import { openaiCompletions, openaiEmbeddings, openaiInputTokens } from '@inferway/wire';
import { chatEndpoints } from './choose-api.js';
import { responsesDialect } from './dialects.js';
import { media } from './media.js';
import type { OpenAIOptions } from './openai-options.js';

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
