import { formatScript, rawScript, testProvider } from '@inferway/conformance';
import { openaiChat, openaiEmbeddings, openaiSpeech, openaiTranscriptions } from '@inferway/wire';
import { describe, it } from 'vitest';
import { createGroq } from '../src/index.js';

// Told whole, whatever was asked for.
const { streamEncoder: _texts, ...transcriptions } = openaiTranscriptions;

testProvider(createGroq, {
  operations: ['chat', 'embed', 'speech', 'transcribe', 'raw'],
  wire: {
    chat: openaiChat,
    embed: openaiEmbeddings,
    speech: formatScript(openaiSpeech, { streamsAs: 'file' }),
    transcribe: formatScript(transcriptions),
    raw: rawScript,
  },
  model: 'openai/gpt-oss-20b',
  models: {
    answer: () => ({
      body: JSON.stringify({
        object: 'list',
        data: [{ id: 'openai/gpt-oss-20b', object: 'model' }],
      }),
    }),
    ids: ['openai/gpt-oss-20b'],
  },
  runner: { describe, it },
});
