import type { Call, ChatRequest, JsonObject, ReasoningEffort } from '@inferway/core';
import type { RequestHeaders } from '@inferway/provider-kit';
import type {
  AnthropicDialect,
  OpenAIChatDialect,
  OpenAICompletionsDialect,
  OpenAIEmbeddingsDialect,
} from '@inferway/wire';
import { bodyTimings } from './server-timings.js';

/** Models that always reason: `none` is refused (docs.fireworks.ai, `reasoning_effort`). */
const ALWAYS_REASONS = /gpt-oss|minimax-m2/u;
const EFFORTS: readonly ReasoningEffort[] = ['low', 'medium', 'high'];
/** Streams tell the server's times in their last chunk, where they are asked to; other answers in headers. */
const METRICS: JsonObject = { perf_metrics_in_response: true };

/** What Fireworks takes and gives in chats: docs.fireworks.ai and its own client. Unknown fields are refused. */
export function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
  const off = request.reasoning?.effort === 'none' && !ALWAYS_REASONS.test(model);
  return {
    // Usage comes in the last chunk unasked.
    streamUsage: false,
    resultNames: false,
    efforts: off ? ['none'] : EFFORTS,
    reasoningInput: 'reasoning_content',
    serviceTiers: { auto: 'auto', default: 'default', flex: 'flex', priority: 'priority' },
    defaults: METRICS,
    timings: bodyTimings,
  };
}

export const COMPLETE_DIALECT: OpenAICompletionsDialect = {
  streamUsage: false,
  unsupported: ['suffix'],
  defaults: METRICS,
  timings: bodyTimings,
};

export const EMBED_DIALECT: OpenAIEmbeddingsDialect = { unsupported: ['encoding', 'user'] };

/** Its Messages endpoint runs open models: signatures are not checked, and schemas are not cut to Anthropic's subset. */
export const MESSAGES_DIALECT: AnthropicDialect = {
  unsignedReasoning: 'thinking',
  schemas: 'full',
};

/** Headers of its Messages endpoint, which has no field for the replica whose prompt cache is to be found again. */
export function messagesHeaders({ request }: Call): RequestHeaders {
  const key = 'promptCacheKey' in request ? request.promptCacheKey : undefined;
  const affinity: RequestHeaders = typeof key === 'string' ? { 'x-session-affinity': key } : {};
  return { 'anthropic-version': '2023-06-01', ...affinity };
}
