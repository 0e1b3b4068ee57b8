import { InferwayError, type JsonValue } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonLines } from '../src/index.js';
import { cutAt } from './split.js';

function read(reads: readonly Uint8Array[], maxBytes?: number): JsonValue[] {
  const lines = new JsonLines(maxBytes);
  const values: JsonValue[] = [];
  for (const bytes of reads) lines.push(bytes, (value) => values.push(value));
  lines.end((value) => values.push(value));
  return values;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JsonLines', () => {
  it('gives the same values however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.boolean(),
        (values, lineEnd, cuts, ended) => {
          const text = values.map((value) => JSON.stringify(value)).join(lineEnd);
          const whole = bytes(ended ? text + lineEnd : text);
          expect(read(cutAt(whole, cuts))).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  it('refuses a line that is no JSON, without quoting it', () => {
    try {
      read([bytes('{"a":1}\n{"secret":\n')]);
      expect.unreachable();
    } catch (reason) {
      const error = InferwayError.from(reason);
      expect(error.code).toBe('protocol');
      expect(`${error.message}${String(error.cause)}`).not.toContain('secret');
    }
  });

  it('refuses a line that is longer than it may be', () => {
    expect(() => read([bytes('"aaaaaa'), bytes('aaaaaaaaaa"')], 10)).toThrow(/more than 10 bytes/u);
  });
});
