import type { Call, ChatRequest, JsonObject, ReasoningEffort } from '@inferway/core';
import { endpoint, rawEndpoint, type Endpoint, type RequestHeaders } from '@inferway/provider-kit';
import {
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
  rerank,
  type OpenAIChatDialect,
} from '@inferway/wire';
import type { FireworksOptions } from './fireworks-options.js';
import { bodyTimings } from './told.js';

type Api = NonNullable<FireworksOptions['api']>;

/** Models that always reason: `none` is refused (docs.fireworks.ai, `reasoning_effort`). */
const ALWAYS_REASONS = /gpt-oss|minimax-m2/u;
const EFFORTS: readonly ReasoningEffort[] = ['low', 'medium', 'high'];
/** Streams tell the server's times in their last chunk, where they are asked to; other answers in headers. */
const METRICS: JsonObject = { perf_metrics_in_response: true };

function chatDialect(model: string, request: ChatRequest): OpenAIChatDialect {
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

/** Chats in each of its protocols. Open models behind all: signatures are not checked, schemas not cut to a subset. */
export const CHATS: Readonly<Record<Api, Endpoint<'chat'>>> = {
  'chat-completions': endpoint({
    format: openaiChat,
    path: 'v1/chat/completions',
    dialect: chatDialect,
  }),
  responses: endpoint({
    format: openaiResponses,
    path: 'v1/responses',
    dialect: { efforts: EFFORTS, reasoningInput: 'text', sampling: ['topK', 'minP'] },
  }),
  messages: endpoint({
    format: anthropicMessages,
    path: 'v1/messages',
    dialect: { unsignedReasoning: 'thinking', schemas: 'full' },
  }),
};

type OtherOperation = 'complete' | 'embed' | 'rerank' | 'raw';

/** What else Fireworks serves beneath the same address (docs.fireworks.ai and its own client). */
export const OTHERS: { readonly [K in OtherOperation]: Endpoint<K> } = {
  complete: endpoint({
    format: openaiCompletions,
    path: 'v1/completions',
    dialect: {
      streamUsage: false,
      unsupported: ['suffix'],
      defaults: METRICS,
      timings: bodyTimings,
    },
  }),
  embed: endpoint({
    format: openaiEmbeddings,
    path: 'v1/embeddings',
    dialect: { unsupported: ['encoding', 'user'] },
  }),
  rerank: endpoint({
    format: rerank,
    path: 'v1/rerank',
    dialect: { documents: 'texts', unsupported: ['maxTokensPerDocument', 'user'] },
  }),
  raw: rawEndpoint,
};

/** Headers of its Messages endpoint, which has no field for the replica whose prompt cache is to be found again. */
export function messagesHeaders({ request }: Call): RequestHeaders {
  const key = 'promptCacheKey' in request ? request.promptCacheKey : undefined;
  const affinity: RequestHeaders = typeof key === 'string' ? { 'x-session-affinity': key } : {};
  return { 'anthropic-version': '2023-06-01', ...affinity };
}
