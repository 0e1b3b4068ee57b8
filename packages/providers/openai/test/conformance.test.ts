import { testProvider, type ModelListing } from '@inferway/conformance';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiInputTokens,
  openaiResponses,
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
  operations: ['chat', 'complete', 'embed'],
  wire: { chat: openaiChat, complete: openaiCompletions, embed: openaiEmbeddings },
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
