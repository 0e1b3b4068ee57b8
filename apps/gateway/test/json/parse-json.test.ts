import { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/json/parse-json.js';

function refusal(body: Buffer | string, depth = 64): InferwayError {
  try {
    parseJson(Buffer.from(body), depth);
  } catch (reason) {
    expect(InferwayError.is(reason)).toBe(true);
    return reason as InferwayError;
  }
  throw new Error('it was taken');
}

test('the message tells the place and none of the content', () => {
  const error = refusal('{\n  "messages": [{"content": "my secret prompt"},]\n}');
  expect(error.code).toBe('invalid_request');
  expect(error.message).toContain('position 49 (line 2, column 48)');
  expect(error.message).not.toContain('secret');
});

test('a body that stops too early is told by its length', () => {
  expect(refusal('{"model":"a').message).toContain('ends too early, after 11 characters');
});

test('an empty body and bytes that are no UTF-8 have messages of their own', () => {
  expect(refusal('').message).toContain('empty');
  expect(refusal(Buffer.from([0x22, 0xff, 0x22])).message).toContain('UTF-8');
});

test('nesting is taken to the limit and refused above it, in objects and in arrays', () => {
  const nested = (open: string, close: string, depth: number): string =>
    open.repeat(depth) + '1' + close.repeat(depth);
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    expect(() => parseJson(Buffer.from(nested(open, close, 64)), 64)).not.toThrow();
    expect(refusal(nested(open, close, 65)).message).toContain('64 levels');
    expect(refusal(nested(open, close, 100_000)).message).toContain('64 levels');
  }
});

test('a __proto__ key changes no prototype', () => {
  const value = parseJson(Buffer.from('{"__proto__":{"polluted":true}}'), 64) as object;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect('polluted' in {}).toBe(false);
});
