import { formatScript, rawScript, testProvider } from '@inferway/conformance';
import {
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  rerank,
} from '@inferway/wire';
import { describe, it } from 'vitest';
import { createOpenAICompatible } from '../src/index.js';

testProvider((setup) => createOpenAICompatible({ name: 'local', ...setup }), {
  operations: ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe', 'rerank', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    image: openaiImages,
    speech: formatScript(openaiSpeech, { streamsAs: 'file' }),
    transcribe: openaiTranscriptions,
    rerank,
    raw: rawScript,
  },
  models: {
    answer: () => ({
      body: JSON.stringify({ object: 'list', data: [{ id: 'm-1', object: 'model' }] }),
    }),
    ids: ['m-1'],
  },
  runner: { describe, it },
});
