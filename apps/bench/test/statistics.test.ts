import { expect, test } from 'vitest';
import { percentile, spread } from '../src/statistics.js';
import { behaviourOf, modelName } from '../src/upstream/model-name.js';
import { streamPieces, UNARY_BODY } from '../src/upstream/bodies.js';

test('a percentile between two values is interpolated', () => {
  expect(percentile([1, 2, 3, 4], 50)).toBe(2.5);
  expect(percentile([10], 99)).toBe(10);
  expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, count: 3 });
  expect(() => spread([])).toThrow(RangeError);
});

test('a model name says how the upstream answers', () => {
  for (const behaviour of [
    { events: 0, paced: false },
    { events: 500, paced: true },
    { events: 20, paced: false },
  ]) {
    expect(behaviourOf(modelName(behaviour))).toEqual(behaviour);
  }
});

test('the upstream says what an OpenAI server says', () => {
  expect(JSON.parse(UNARY_BODY).choices[0].message.content).toContain('Simulated');
  const pieces = streamPieces(3);
  expect(pieces.at(-1)).toBe('data: [DONE]\n\n');
  const texts = pieces
    .slice(0, -1)
    .map((piece) => JSON.parse(piece.slice(6)).choices[0]?.delta.content ?? '');
  expect(texts.join('')).toBe(' word0 word1 word2');
});
