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
import { createTogether } from '../src/index.js';

// Told whole, whatever was asked for.
const { streamEncoder: _images, ...images } = openaiImages;
const { streamEncoder: _texts, ...transcriptions } = openaiTranscriptions;

testProvider(createTogether, {
  operations: ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe', 'rerank', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    image: formatScript(images),
    speech: formatScript(openaiSpeech, { streamsAs: 'file' }),
    transcribe: formatScript(transcriptions),
    rerank,
    raw: rawScript,
  },
  model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  models: {
    answer: () => ({
      body: JSON.stringify([{ id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', object: 'model' }]),
    }),
    ids: ['meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  },
  runner: { describe, it },
});
