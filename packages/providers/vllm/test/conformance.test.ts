import {
  jsonAnswer,
  jsonOf,
  rawScript,
  testProvider,
  type WireScript,
} from '@inferway/conformance';
import { deepEqual } from 'node:assert/strict';
import {
  anthropicMessages,
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
  openaiTranscriptions,
  rerank,
} from '@inferway/wire';
import { describe, it } from 'vitest';
import { createVllm } from '../src/index.js';

const runner = { describe, it };

const tokenize: WireScript<'countTokens'> = {
  name: 'vllm-tokenize',
  operation: 'countTokens',
  unary: ({ result }) => [
    jsonAnswer({ count: result.inputTokens, max_model_len: 4096, tokens: result.tokens ?? [] }),
  ],
  error: ({ message }) => ({ error: { message, type: 'BadRequestError', param: null, code: 400 } }),
  unaryFailure: ({ message }) => [
    jsonAnswer({ object: 'error', message, type: 'BadRequestError', param: null, code: 400 }),
  ],
  failureCodes: [],
  silent: ['usage'],
  checkRequest(request, { model }) {
    const body = jsonOf(request) as { model?: unknown; stream?: unknown };
    deepEqual([body.model, body.stream], [model, undefined]);
  },
};

testProvider(createVllm, {
  operations: ['chat', 'complete', 'embed', 'rerank', 'transcribe', 'countTokens', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    rerank,
    transcribe: openaiTranscriptions,
    countTokens: tokenize,
    raw: rawScript,
  },
  models: {
    answer: () => ({ body: JSON.stringify({ object: 'list', data: [{ id: 'a/b' }] }) }),
    ids: ['a/b'],
  },
  runner,
});

for (const [api, chat] of [
  ['responses', openaiResponses],
  ['messages', anthropicMessages],
] as const) {
  testProvider((setup) => createVllm({ ...setup, api }), {
    name: `vllm by ${api}`,
    operations: ['chat'],
    wire: { chat },
    runner,
  });
}
