import { createClient, type Call } from '@inferway/core';
import { cost, type Charge } from '@inferway/core/middleware';
import { fakeProvider, result } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateInput } from '../src/token-estimate.js';

describe('estimates', () => {
  const inputOf = (request: unknown): number => estimateInput({ request } as Call);

  test('grow with the text and never are NaN', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, more) => {
        const less = inputOf({ value });
        expect(less).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(less)).toBe(true);
        expect(inputOf({ value, more })).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  test('count four letters a token, and wide scripts higher', () => {
    expect(inputOf({ prompt: 'x'.repeat(400) })).toBe(100);
    expect(inputOf({ prompt: '漢'.repeat(300) })).toBe(200);
  });

  test('count a picture as one thing, not by its bytes', () => {
    const data = 'A'.repeat(1_000_000);
    const image = { type: 'image', image: { type: 'base64', data, mediaType: 'image/png' } };
    expect(inputOf({ messages: [{ role: 'user', content: [image] }] })).toBeLessThan(1100);
  });

  test('count one that is given by its address as much, whether its type is left out or undefined', () => {
    const url = 'https://pictures.example/a.png';
    for (const image of [
      { type: 'url', url },
      { type: 'url', url, mediaType: undefined },
      { type: 'url', url, mediaType: 'image/png' },
    ]) {
      expect(inputOf({ messages: [{ content: [{ type: 'image', image }] }] })).toBeGreaterThan(999);
    }
  });

  test('count a list of token ids by its length', () => {
    expect(
      inputOf({
        input: [
          [1, 2, 3],
          [4, 5],
        ],
      }),
    ).toBe(5);
  });
});

test('an operation without traits is estimated by the text of its result', async () => {
  const charges: Charge[] = [];
  const provider = fakeProvider({
    operations: ['embed'],
    script: [result({ embeddings: ['x'.repeat(40)] })],
  });
  const client = createClient({
    providers: [provider],
    middleware: [cost({ onCharge: (charge) => charges.push(charge) })],
  });
  await client.embed({ model: 'fake/m', input: 'x'.repeat(40) });
  expect(charges[0]?.usage).toEqual({ inputTokens: 10, outputTokens: 10, estimated: true });
});
