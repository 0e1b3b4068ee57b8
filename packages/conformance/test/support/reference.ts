import type { ProviderOf } from '@inferway/core';
import { defineProvider, endpoint, rawEndpoint } from '@inferway/provider-kit';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiImagesPath,
  openaiInputTokens,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  rerank,
} from '@inferway/wire';
import { formatScript, rawScript, type ProviderSetup, type Wire } from '../../src/index.js';

type Operations =
  | 'chat'
  | 'complete'
  | 'embed'
  | 'image'
  | 'speech'
  | 'transcribe'
  | 'rerank'
  | 'countTokens'
  | 'raw';

/** An adapter that does nothing out of the ordinary. */
export function createReference(setup: ProviderSetup): ProviderOf<'reference', Operations> {
  const { baseUrl, apiKey, transport } = setup;
  return defineProvider({
    name: 'reference',
    baseUrl,
    key: { apiKey },
    endpoints: {
      chat: endpoint({ format: openaiChat, path: 'chat/completions' }),
      complete: endpoint({ format: openaiCompletions, path: 'completions' }),
      embed: endpoint({ format: openaiEmbeddings, path: 'embeddings' }),
      image: endpoint({ format: openaiImages, path: openaiImagesPath }),
      speech: endpoint({ format: openaiSpeech, path: 'audio/speech' }),
      transcribe: endpoint({ format: openaiTranscriptions, path: openaiTranscriptionsPath }),
      rerank: endpoint({ format: rerank, path: 'rerank' }),
      countTokens: endpoint({ format: openaiInputTokens, path: 'responses/input_tokens' }),
      raw: rawEndpoint,
    },
    transport,
  });
}

/** What the reference adapter speaks. */
export const referenceWire: { readonly [K in Operations]: Wire<K> } = {
  chat: openaiChat,
  complete: openaiCompletions,
  embed: openaiEmbeddings,
  image: openaiImages,
  speech: formatScript(openaiSpeech, { streamsAs: 'file' }),
  transcribe: openaiTranscriptions,
  rerank,
  countTokens: openaiInputTokens,
  raw: rawScript,
};
