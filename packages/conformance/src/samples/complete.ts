import type { CompleteEvent } from '@inferway/core';
import type { Sample } from './sample.js';

const TEXT = ['Grüße, ', '世界! 🌊 ', 'and "more"\n'];
const USAGE = { inputTokens: 5, outputTokens: 6 };
const SECRET = 'the miller Barnaby hid the silver under';

/** A completion, of three deltas with characters of up to four bytes. */
export const completeSample: Sample<'complete'> = {
  request: { prompt: SECRET },
  answer: {
    result: {
      id: 'answer-1',
      model: 'test-model',
      text: TEXT.join(''),
      finishReason: { unified: 'stop' },
    },
    usage: USAGE,
  },
  events: [
    { type: 'start', id: 'answer-1', model: 'test-model' },
    ...TEXT.map((text): CompleteEvent => ({ type: 'text-delta', text })),
    { type: 'finish', finishReason: { unified: 'stop' } },
    { type: 'end', usage: USAGE },
  ],
  secret: SECRET,
};
