import type { Sample } from './sample.js';

const SECRET = 'the baker Ottoline dreams of a blue horse';

/** Two texts and their vectors, of numbers that are the same in 32 bits. */
export const embedSample: Sample<'embed'> = {
  request: { input: [SECRET, 'Grüße, 世界'] },
  answer: {
    result: {
      embeddings: [
        [0.5, -0.25, 1],
        [0, 0.125, -2],
      ],
      model: 'test-model',
    },
    usage: { inputTokens: 9 },
  },
  secret: SECRET,
};
