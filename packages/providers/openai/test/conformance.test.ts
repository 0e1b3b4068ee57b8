import { rawScript, testProvider, type ModelListing } from '@inferway/conformance';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiInputTokens,
  openaiResponses,
  openaiSpeech,
  openaiTranscriptions,
} from '@inferway/wire';
import { describe, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

const runner = { describe, it };
const models: ModelListing = {
  answer: () => ({
    body: JSON.stringify({ object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }] }),
  }),
  ids: ['gpt-4o-mini'],
};

testProvider((setup) => createOpenAI({ ...setup, api: 'chat-completions' }), {
  name: 'openai by Chat Completions',
  operations: ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    image: openaiImages,
    speech: openaiSpeech,
    transcribe: openaiTranscriptions,
    raw: rawScript,
  },
  model: 'gpt-4o-mini',
  models,
  runner,
});

testProvider((setup) => createOpenAI({ ...setup, api: 'responses' }), {
  name: 'openai by Responses',
  operations: ['chat', 'countTokens'],
  wire: { chat: openaiResponses, countTokens: openaiInputTokens },
  model: 'gpt-5-mini',
  runner,
});
