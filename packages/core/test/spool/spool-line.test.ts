import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLine, writeLine } from '../../src/spool/spool-line.js';

const summed = (body: string): string => `${crc32(body).toString(16).padStart(8, '0')} ${body}`;

test('a line of another make is damaged, whatever it holds: it keeps no other row from the ledger', () => {
  for (const body of [
    'A 5',
    'A {}',
    'A null',
    'B null',
    'B []',
    'E "x"',
    'E {}',
    'E {"id":1}',
    'X {}',
    'A',
    '',
  ]) {
    expect([body, readLine(summed(body))]).toEqual([body, undefined]);
  }
  fc.assert(
    fc.property(fc.constantFrom('A ', 'B ', 'E '), fc.json(), (kind, json) => {
      const record = readLine(summed(kind + json));
      if (record?.kind === 'A') expect(Array.isArray(record.ids)).toBe(true);
      else if (record !== undefined) expect(typeof record.row.id).toBe('string');
    }),
  );
  const ids = { kind: 'A', ids: ['1', '2'] } as const;
  expect(readLine(writeLine(ids).trimEnd())).toEqual(ids);
});
