import { formatScript, rawScript, testProvider } from '@inferway/conformance';
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
import { createFireworks } from '../src/index.js';

// Told whole, whatever was asked for.
const { streamEncoder: _texts, ...transcriptions } = openaiTranscriptions;

const MODEL = 'accounts/fireworks/models/qwen3-8b';
const runner = { describe, it };

testProvider(createFireworks, {
  operations: ['chat', 'complete', 'embed', 'transcribe', 'rerank', 'raw'],
  wire: {
    chat: openaiChat,
    complete: openaiCompletions,
    embed: openaiEmbeddings,
    transcribe: formatScript(transcriptions),
    rerank,
    raw: rawScript,
  },
  model: MODEL,
  statuses: { 412: 'billing' },
  models: {
    answer: () => ({ body: JSON.stringify({ object: 'list', data: [{ id: MODEL }] }) }),
    ids: [MODEL],
  },
  runner,
});

for (const [api, chat] of [
  ['responses', openaiResponses],
  ['messages', anthropicMessages],
] as const) {
  testProvider((setup) => createFireworks({ ...setup, api }), {
    name: `fireworks by ${api}`,
    operations: ['chat'],
    wire: { chat },
    model: MODEL,
    runner,
  });
}
