import { formatScript, rawScript, testProvider, type ProviderSetup } from '@inferway/conformance';
import type { Provider } from '@inferway/core';
import { anthropicMessages, openaiChat, openaiCompletions, openaiResponses } from '@inferway/wire';
import { describe, it } from 'vitest';
import { createHuggingFace, type HuggingFaceApi } from '../src/index.js';
import { modelOf, taskScript } from './support/task-script.js';

const common = {
  apiKey: 'hf_8f14e45fceea167a5a36dedd4bea2543',
  servedByHeader: 'x-inference-provider',
  runner: { describe, it },
} as const;

const by =
  (api: HuggingFaceApi) =>
  ({ baseUrl, apiKey, transport }: ProviderSetup): Provider =>
    createHuggingFace({ baseUrl, hubUrl: baseUrl, apiKey, transport, api }) as never;

testProvider(by('chat-completions'), {
  ...common,
  name: 'huggingface by Chat Completions',
  operations: ['chat', 'raw'],
  wire: { chat: openaiChat, raw: rawScript },
  model: 'org/name:groq',
  models: {
    answer: () => ({
      body: JSON.stringify({
        data: [
          { id: 'org/name', object: 'model', providers: [{ provider: 'groq', status: 'live' }] },
        ],
      }),
    }),
    ids: ['org/name'],
  },
});

testProvider(by('responses'), {
  ...common,
  name: 'huggingface by Responses',
  operations: ['chat'],
  wire: { chat: openaiResponses },
  model: 'org/name:groq',
});

testProvider(by('messages'), {
  ...common,
  name: 'huggingface by Messages',
  operations: ['chat'],
  wire: { chat: anthropicMessages },
  model: 'org/name:groq',
});

testProvider(by('chat-completions'), {
  ...common,
  name: 'huggingface tasks',
  operations: ['embed', 'image', 'speech', 'transcribe', 'complete'],
  wire: {
    embed: taskScript('embed', { input: ['a'] }),
    image: taskScript('image', { prompt: 'a' }),
    speech: taskScript('speech', { text: 'a' }),
    transcribe: taskScript('transcribe', { audio: { type: 'url', url: 'https://a.example/b' } }),
    complete: {
      ...formatScript(openaiCompletions),
      aside: taskScript('complete', { prompt: 'a' }).aside,
      checkRequest: () => {}, // the model goes by the name that the provider has for it
    },
  },
  model: {
    embed: modelOf('embed'),
    image: modelOf('image'),
    speech: modelOf('speech'),
    transcribe: modelOf('transcribe'),
    complete: modelOf('complete'),
  },
});
