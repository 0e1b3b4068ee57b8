import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { readBody } from '../../src/http/read-body.js';

/** An exchange whose body comes in these pieces. */
function exchangeOf(pieces: readonly Uint8Array[], headers: Record<string, string> = {}): Exchange {
  const stream = new PassThrough();
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const request = Object.assign(stream, { headers }) as unknown as IncomingMessage;
  return { request, askForBody() {}, onAbort() {} } as unknown as Exchange;
}

test('a body is the same however it is cut, up to its very limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }),
      async (pieces) => {
        const whole = Buffer.concat(pieces);
        expect(await readBody(exchangeOf(pieces), whole.length)).toEqual(whole);
      },
    ),
  );
});

test('one byte above the limit is too much, announced or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      async (pieces, announced) => {
        const { length } = Buffer.concat(pieces);
        const headers = announced ? { 'content-length': String(length) } : {};
        const failure: unknown = await readBody(exchangeOf(pieces, headers), length - 1).catch(
          (reason: unknown) => reason,
        );
        expect(InferwayError.is(failure) && failure.code).toBe('too_large');
      },
    ),
  );
});
