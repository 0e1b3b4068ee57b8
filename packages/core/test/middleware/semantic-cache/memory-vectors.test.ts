import { memoryVectors } from '@inferway/core/semantic';
import { virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const clock = virtualClock();
const found = (given: unknown): string[] =>
  (given as readonly { id: string }[]).map(({ id }) => id);

describe('memoryVectors', () => {
  test('finds by direction, nearest first, whatever the length', () => {
    const index = memoryVectors({ clock });
    void index.add('p', 'far', [0, 5], 1000);
    void index.add('p', 'near', Float32Array.of(3, 0.3), 1000);
    void index.add('p', 'same', [100, 0], 1000);
    expect(found(index.nearest('p', [1, 0], 5, 0.5))).toEqual(['same', 'near']);
    expect(found(index.nearest('p', [1, 0], 1, 0.5))).toEqual(['same']);
    expect(found(index.nearest('p', [1, 0], 5, 1))).toEqual(['same']);
    expect(index.nearest('p', [2, 0], 1, 0)).toEqual([{ id: 'same', similarity: 1 }]);
  });

  test('never finds what is in another partition, of another length, too old or removed', async () => {
    const own = virtualClock();
    const index = memoryVectors({ clock: own });
    void index.add('a', 'x', [1, 0], 100);
    void index.add('b', 'y', [1, 0], 100);
    void index.add('a', 'long', [1, 0, 0], 100);
    expect(found(index.nearest('a', [1, 0], 9, 0))).toEqual(['x']);
    expect(found(index.nearest('c', [1, 0], 9, 0))).toEqual([]);
    void index.remove('b', 'x');
    void index.remove('c', 'x');
    expect(found(index.nearest('a', [1, 0], 9, 0))).toEqual(['x']);
    void index.remove('a', 'x');
    expect(found(index.nearest('a', [1, 0], 9, 0))).toEqual([]);
    await own.advance(100);
    expect(found(index.nearest('b', [1, 0], 9, 0))).toEqual([]);
  });

  test('takes nothing without a direction, and gives up what it had under that id', () => {
    const index = memoryVectors({ clock });
    for (const none of [[], [0, 0], [Number.NaN, 1], [Infinity, 1], [1e200, 1e200]]) {
      void index.add('p', 'x', [1, 0], 1000);
      void index.add('p', 'x', none, 1000);
      expect(found(index.nearest('p', [1, 0], 9, -1))).toEqual([]);
      void index.add('p', 'x', [1, 0], 1000);
      expect(found(index.nearest('p', none, 9, -1))).toEqual([]);
    }
  });

  test('a full partition forgets what was not found for the longest', () => {
    const index = memoryVectors({ maxPerPartition: 2, clock });
    void index.add('p', 'a', [1, 0], 1000);
    void index.add('p', 'b', [0, 1], 1000);
    void index.nearest('p', [1, 0], 1, 0.9);
    void index.add('p', 'c', [1, 1], 1000);
    expect(found(index.nearest('p', [1, 1], 9, -1)).sort()).toEqual(['a', 'c']);
  });

  test('a full index forgets from the partition that was not used for the longest', () => {
    const index = memoryVectors({ maxVectors: 3, clock });
    for (const name of ['a', 'b', 'c']) void index.add(name, 'x', [1, 0], 1000);
    void index.nearest('a', [1, 0], 1, 0);
    void index.add('d', 'x', [1, 0], 1000);
    const left = ['a', 'b', 'c', 'd'].filter(
      (name) => found(index.nearest(name, [1, 0], 1, 0)).length > 0,
    );
    expect(left).toEqual(['a', 'c', 'd']);
  });

  test('is bounded in bytes, and takes nothing that is larger than all of it', () => {
    const index = memoryVectors({ maxBytes: 40, clock });
    void index.add('p', 'a', [1, 0, 0, 0], 1000);
    void index.add('p', 'b', [1, 0, 0, 0], 1000);
    void index.add('p', 'c', [1, 0, 0, 0], 1000);
    expect(found(index.nearest('p', [1, 0, 0, 0], 9, 0)).sort()).toEqual(['b', 'c']);
    void index.add('p', 'huge', new Float32Array(11).fill(1), 1000);
    expect(found(index.nearest('p', [1, 0, 0, 0], 9, 0)).sort()).toEqual(['b', 'c']);
  });

  test('agrees with a plain search', () => {
    const vector = fc
      .array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 })
      .filter((v) => v.some((n) => n !== 0));
    const cosine = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, n, i) => sum + n * (b[i] as number), 0) /
      (Math.hypot(...a) * Math.hypot(...b));
    fc.assert(
      fc.property(
        fc.array(vector, { maxLength: 20 }),
        vector,
        fc.integer({ min: -9, max: 9 }),
        (vectors, asked, tenths) => {
          const atLeast = tenths / 10 + 0.03;
          const index = memoryVectors({ clock });
          vectors.forEach((one, id) => void index.add('p', String(id), one, 1000));
          const expected = vectors.flatMap((one, id) =>
            cosine(one, asked) >= atLeast ? [String(id)] : [],
          );
          expect(found(index.nearest('p', asked, 100, atLeast)).sort()).toEqual(expected.sort());
        },
      ),
    );
  });

  test.each(['maxVectors', 'maxPerPartition', 'maxBytes'])('%s of 0 is refused', (param) => {
    expect(() => memoryVectors({ [param]: 0 })).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });
});
