import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTaskOutput } from '../src/index.js';

const from = {
  fail: (body: unknown) => new InferwayError('server', { message: String(body) }),
};
const read = (body: unknown): unknown =>
  decodeTaskOutput({ task: 'feature-extraction', inputs: ['x', 'y'] }, body, from);

describe('embeddings of the task', () => {
  it.each([
    ['no list at one place', [[[[0]], ' ']]],
    ['other depths beside', [[1, 2], [[3]]]],
    ['no number at one place', [[1, null]]],
    ['a list too deep', [[[[[1]]]]]],
  ])('that hold %s are a protocol error', (_what, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'protocol' }));
  });

  it('of any nesting are vectors or a typed error', () => {
    const nested = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.integer(),
        fc.constantFrom(null, ' ', {}),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(nested, (body) => {
        try {
          const { vectors } = read(body) as { vectors: number[][] };
          expect(vectors.flat().every((one) => typeof one === 'number')).toBe(true);
        } catch (error) {
          expect(InferwayError.is(error) && error.code).toMatch(/^(?:protocol|server)$/u);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
