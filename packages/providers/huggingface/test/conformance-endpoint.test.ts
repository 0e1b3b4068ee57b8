import { formatScript, rawScript, testProvider, type ProviderSetup } from '@inferway/conformance';
import type { Provider } from '@inferway/core';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  rerank,
  tgiGenerate,
} from '@inferway/wire';
import { describe, it } from 'vitest';
import { createHuggingFaceEndpoint, type EndpointEngine } from '../src/index.js';

const runner = { describe, it };

// Without waiting for it to start: what a 503 is otherwise is looked at in a test of its own.
const inside =
  (engine: EndpointEngine) =>
  ({ baseUrl: url, apiKey, transport }: ProviderSetup): Provider =>
    createHuggingFaceEndpoint({ url, apiKey, transport, engine, startMs: 0 }) as never;

testProvider(inside('vllm'), {
  name: 'an endpoint with vLLM',
  operations: ['chat', 'complete', 'embed', 'rerank', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    rerank,
    raw: rawScript,
  },
  runner,
});

testProvider(inside('tgi'), {
  name: 'an endpoint with TGI',
  operations: ['complete'],
  wire: {
    complete: {
      ...formatScript(tgiGenerate),
      // Its errors have words for these.
      failureCodes: ['overloaded', 'server', 'invalid_request'],
      silent: ['id', 'input-tokens'],
    },
  },
  runner,
});
