import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonError } from '../../src/json/find-json-error.js';

test('finds nothing wrong in any JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
      expect(findJsonError(text)).toBeUndefined();
      expect(findJsonError(spaced)).toBeUndefined();
    }),
  );
});

test('finds a fault in a damaged text exactly when JSON.parse does', () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', '\\', '\u0001', '0', 'x'))
    .map(([text, at, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + 1);
    });
  fc.assert(
    fc.property(damaged, (text) => {
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      expect(findJsonError(text) === undefined).toBe(parses);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ['["a" "b"]', 5],
  ['{"a" "b"}', 5],
  ['[1,2', 4],
  ['{"a":"b\nc"}', 7],
  ['{"a":"\\x"}', 6],
  ['{"a":nul}', 5],
  ['[1]]', 3],
  ['', 0],
  ['"open', 5],
])('the fault of %j is at %i', (text, at) => {
  expect(findJsonError(text)).toBe(at);
});

test('a long string and deep nesting are no matter', () => {
  expect(findJsonError(`{"a":"${'x'.repeat(5_000_000)}"`)).toBe(5_000_007);
  expect(findJsonError('['.repeat(1_000_000))).toBe(1_000_000);
});
