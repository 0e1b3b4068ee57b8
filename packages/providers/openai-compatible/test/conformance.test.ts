import { testProvider } from '@inferway/conformance';
import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { describe, it } from 'vitest';
import { createOpenAICompatible } from '../src/index.js';

testProvider((setup) => createOpenAICompatible({ name: 'local', ...setup }), {
  operations: ['chat', 'complete', 'embed'],
  wire: { chat: openaiChat, complete: openaiCompletions, embed: openaiEmbeddings },
  models: {
    answer: () => ({
      body: JSON.stringify({ object: 'list', data: [{ id: 'm-1', object: 'model' }] }),
    }),
    ids: ['m-1'],
  },
  runner: { describe, it },
});
