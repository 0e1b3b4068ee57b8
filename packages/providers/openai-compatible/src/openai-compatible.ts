import type { ProviderOf } from '@inferway/core';
import {
  defineProvider,
  endpoint,
  openaiModelListing,
  openaiRateLimit,
  rawEndpoint,
} from '@inferway/provider-kit';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiImagesPath,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  rerank,
} from '@inferway/wire';
import type { OpenAICompatibleOptions } from './openai-compatible-options.js';

/** Any server that speaks OpenAI's API, or so much of it as it does; `rerank` is in the manner of Cohere and Jina. @throws {InferwayError} `configuration`. */
export function createOpenAICompatible<const Name extends string>(
  options: OpenAICompatibleOptions<Name>,
): ProviderOf<
  Name,
  'chat' | 'complete' | 'embed' | 'image' | 'speech' | 'transcribe' | 'rerank' | 'raw'
> {
  const { name, baseUrl, apiKey, env, headers, keepHeaders, deadlineHeader, transport } = options;
  const { dialect, completeDialect, embedDialect } = options;
  const { imageDialect, speechDialect, transcribeDialect, rerankDialect } = options;
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
      image: endpoint({ format: openaiImages, path: openaiImagesPath, dialect: imageDialect }),
      speech: endpoint({ format: openaiSpeech, path: 'audio/speech', dialect: speechDialect }),
      transcribe: endpoint({
        format: openaiTranscriptions,
        path: openaiTranscriptionsPath,
        dialect: transcribeDialect,
      }),
      rerank: endpoint({ format: rerank, path: 'rerank', dialect: rerankDialect }),
      raw: rawEndpoint,
    },
    models: openaiModelListing,
    rateLimit: openaiRateLimit,
    keepHeaders,
    deadlineHeader,
    transport,
  });
}
