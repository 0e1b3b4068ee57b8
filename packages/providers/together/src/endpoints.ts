import type { ChatRequest } from '@inferway/core';
import { endpoint, rawEndpoint, type Endpoint } from '@inferway/provider-kit';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  rerank,
  type OpenAIChatDialect,
} from '@inferway/wire';

export type TogetherOperation =
  | 'chat'
  | 'complete'
  | 'embed'
  | 'image'
  | 'speech'
  | 'transcribe'
  | 'rerank'
  | 'raw';

/** What Together serves, and what it does differently there: its OpenAPI description and its own client, 0.52. */
export const ENDPOINTS: { readonly [K in TogetherOperation]: Endpoint<K> } = {
  chat: endpoint({ format: openaiChat, path: 'chat/completions', dialect: chatDialect }),
  complete: endpoint({
    format: openaiCompletions,
    path: 'completions',
    dialect: { streamUsage: false, unsupported: ['suffix', 'user'] },
  }),
  embed: endpoint({
    format: openaiEmbeddings,
    path: 'embeddings',
    dialect: { unsupported: ['dimensions', 'encoding', 'user'] },
  }),
  image: endpoint({
    format: openaiImages,
    path: 'images/generations',
    dialect: {
      size: 'sides',
      delivery: { bytes: 'base64', url: 'url' },
      images: { one: 'image_url', many: 'reference_images' },
      streams: false,
      unsupported: ['quality', 'compression', 'background', 'mask', 'user'],
    },
  }),
  speech: endpoint({
    format: openaiSpeech,
    path: 'audio/speech',
    dialect: {
      formats: { mp3: 'mp3', wav: 'wav', pcm: 'raw' },
      defaultFormat: 'wav',
      streams: 'flag',
      streamFormat: 'pcm',
      unsupported: ['instructions', 'speed', 'user'],
    },
  }),
  transcribe: endpoint({
    format: openaiTranscriptions,
    path: openaiTranscriptionsPath,
    dialect: {
      urlField: 'file',
      forms: ['json', 'verbose_json'],
      diarize: { field: 'diarize' },
      streams: false,
      unsupported: ['logprobs'],
    },
  }),
  rerank: endpoint({
    format: rerank,
    path: 'rerank',
    dialect: { unsupported: ['maxTokensPerDocument', 'user'] },
  }),
  raw: rawEndpoint,
};

/** Models that take an effort and cannot be told not to reason (docs.together.ai, "Reasoning"). */
const EFFORT_ONLY = /\/gpt-oss-/u;
/** Models that write their reasoning into the text, seen in recordings of R1. */
const WRITES_TAGS = /DeepSeek-R1|QwQ/u;

function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
  const effortOnly = EFFORT_ONLY.test(model);
  const off = !effortOnly && request.reasoning?.effort === 'none';
  return {
    // Usage comes in the last chunk unasked.
    streamUsage: false,
    // Its reference names OpenAI's form, its older models' documentation the flat one.
    jsonSchema: 'both',
    logprobs: 'number',
    reasoning: effortOnly ? 'effort' : 'switch',
    efforts: off ? ['none'] : ['low', 'medium', 'high'],
    reasoningInput: 'reasoning',
    thinkTags: WRITES_TAGS.test(model) ? 'tags' : undefined,
    unsupported: ['user', 'metadata', 'serviceTier', 'promptCacheKey', 'parallelToolCalls'],
  };
}
