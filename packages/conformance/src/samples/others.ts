import type { Sample } from './sample.js';
import { CHAT_SECRET, chatSample } from './chat.js';

const QUERY = 'who keeps the lighthouse of Zephyrine';
const NOTE = 'the note that nobody may read twice';

export const rerankSample: Sample<'rerank'> = {
  request: { query: QUERY, documents: ['A baker.', 'Grüße, 世界', 'A keeper.'] },
  answer: {
    result: {
      results: [
        { index: 2, score: 0.875 },
        { index: 1, score: 0.25 },
        { index: 0, score: 0.125 },
      ],
    },
  },
  secret: QUERY,
};

export const countTokensSample: Sample<'countTokens'> = {
  request: chatSample.request,
  answer: { result: { inputTokens: 31 } },
  secret: CHAT_SECRET,
};

export const rawSample: Sample<'raw'> = {
  request: { method: 'POST', path: 'moderations', json: { input: NOTE } },
  answer: { result: { status: 200, json: { verdict: 'fine', text: 'Grüße, 世界' } } },
  secret: NOTE,
};
