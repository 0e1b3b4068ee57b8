import type { ChatRequest } from '@inferway/core';
import type {
  OpenAIChatDialect,
  OpenAICompletionsDialect,
  OpenAIEmbeddingsDialect,
} from '@inferway/wire';

/** Models that take an effort and cannot be told not to reason (docs.together.ai, "Reasoning"). */
const EFFORT_ONLY = /\/gpt-oss-/u;
/** Models that write their reasoning into the text, seen in recordings of R1. */
const WRITES_TAGS = /DeepSeek-R1|QwQ/u;

/** What Together takes and gives in chats: its OpenAPI description and its own client, 0.52. */
export function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
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

export const COMPLETE_DIALECT: OpenAICompletionsDialect = {
  streamUsage: false,
  unsupported: ['suffix', 'user'],
};

export const EMBED_DIALECT: OpenAIEmbeddingsDialect = {
  unsupported: ['dimensions', 'encoding', 'user'],
};
