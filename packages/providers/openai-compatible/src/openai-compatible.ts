import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  openaiModelListing,
  openaiRateLimit,
} from '@inferway/provider-kit';
import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import type { OpenAICompatibleOptions } from './openai-compatible-options.js';

/** Any server that speaks OpenAI's Chat Completions, Completions, Embeddings and Models. @throws {InferwayError} `configuration`. */
export function createOpenAICompatible<const Name extends string>(
  options: OpenAICompatibleOptions<Name>,
): ProviderOf<Name, 'chat' | 'complete' | 'embed'> {
  const { name, baseUrl, apiKey, env, headers, keepHeaders, transport } = options;
  const { dialect, completeDialect, embedDialect } = options;
  return defineProvider({
    name,
    baseUrl,
    key: { apiKey, env, optional: env === undefined },
    headers,
    endpoints: {
      chat: endpoint({ format: openaiChat, path: 'chat/completions', dialect }),
      complete: endpoint({
        format: openaiCompletions,
        path: 'completions',
        dialect: completeDialect,
      }),
      embed: endpoint({ format: openaiEmbeddings, path: 'embeddings', dialect: embedDialect }),
    },
    models: openaiModelListing,
    rateLimit: openaiRateLimit,
    keepHeaders,
    transport,
  });
}
