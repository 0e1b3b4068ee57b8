import { endpoint, pick, rawEndpoint, type Endpoint } from '@inferway/provider-kit';
import {
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  rerank,
} from '@inferway/wire';
import { chatDialect, completeDialect } from './dialects.js';
import { tokenize } from './tokenize.js';
import type { VllmOptions } from './vllm-options.js';

export type VllmOperation =
  | 'chat'
  | 'complete'
  | 'embed'
  | 'rerank'
  | 'transcribe'
  | 'countTokens'
  | 'raw';

/** The routes of `vllm serve` that have a form of their own here (docs.vllm.ai, "Online Serving"). */
export function endpointsOf(options: VllmOptions): { readonly [K in VllmOperation]: Endpoint<K> } {
  const dialect = chatDialect(options);
  // Open models behind all three: signatures are not checked, schemas not cut to a subset.
  const chats = {
    'chat-completions': endpoint({ format: openaiChat, path: 'v1/chat/completions', dialect }),
    responses: endpoint({
      format: openaiResponses,
      path: 'v1/responses',
      dialect: { reasoningInput: 'text', sampling: ['topK'] },
    }),
    messages: endpoint({
      format: anthropicMessages,
      path: 'v1/messages',
      dialect: { unsignedReasoning: 'thinking', schemas: 'full' },
    }),
  } as const;
  return {
    chat: pick(chats, options.api ?? 'chat-completions', 'api'),
    complete: endpoint({
      format: openaiCompletions,
      path: 'v1/completions',
      dialect: completeDialect(options),
    }),
    embed: endpoint({ format: openaiEmbeddings, path: 'v1/embeddings' }),
    rerank: endpoint({
      format: rerank,
      path: 'v1/rerank',
      dialect: { documents: 'texts', unsupported: ['maxTokensPerDocument'] },
    }),
    transcribe: endpoint({
      format: openaiTranscriptions,
      path: (model, request) => `v1/${openaiTranscriptionsPath(model, request)}`,
      dialect: { forms: ['json', 'text', 'verbose_json'], unsupported: ['logprobs', 'diarize'] },
    }),
    countTokens: endpoint({ format: tokenize, path: 'tokenize', dialect }),
    raw: rawEndpoint,
  };
}
