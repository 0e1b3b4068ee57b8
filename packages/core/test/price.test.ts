import { priceUsage, type TokenPrices, type Usage } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const tokens = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 50_000_000 }));
const price = fc.oneof(
  fc.integer({ min: 0, max: 100_000_000_000 }),
  // Prices that leave the safe integers already with a million tokens.
  fc.integer({ min: 0, max: 9_000_000_000_000 }),
);
const prices: fc.Arbitrary<TokenPrices> = fc.record(
  { input: price, output: price, cacheRead: price, cacheWrite: price, cacheWrite1h: price },
  { requiredKeys: ['input', 'output'] },
);
const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
    cacheWrite1hTokens: tokens,
  },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);

/** The same sum in bigints alone, rounded half up. */
function reference(p: TokenPrices, u: Usage): bigint {
  const big = (value: number | undefined): bigint => BigInt(value ?? 0);
  const max = (value: bigint): bigint => (value < 0n ? 0n : value);
  const hour = big(u.cacheWrite1hTokens);
  const write = max(big(u.cacheWriteTokens) - hour);
  const read = big(u.cacheReadTokens);
  const plain = max(big(u.inputTokens) - read - write - hour);
  const sum =
    plain * big(p.input) +
    read * big(p.cacheRead ?? p.input) +
    write * big(p.cacheWrite ?? p.input) +
    hour * big(p.cacheWrite1h ?? p.cacheWrite ?? p.input) +
    big(u.outputTokens) * big(p.output);
  return (sum + 500_000n) / 1_000_000n;
}

test('a price is the bigint sum of its parts, rounded once', () => {
  fc.assert(
    fc.property(prices, usage, (p, u) => {
      const cost = priceUsage(p, u);
      expect(cost.known && cost.total).toBe(Number(reference(p, u)));
    }),
    { numRuns: 5000 },
  );
});

test('half a nano-dollar is rounded up', () => {
  const p = { input: 500_000, output: 0 };
  expect(priceUsage(p, { inputTokens: 1, outputTokens: 0 })).toMatchObject({ total: 1 });
  expect(priceUsage({ ...p, input: 499_999 }, { inputTokens: 1, outputTokens: 0 })).toMatchObject({
    total: 0,
  });
});

describe('a missing or impossible count makes the cost unknown, never 0', () => {
  const p = { input: 1_000_000, output: 2_000_000 };
  const unknown = { known: false, reason: 'no-usage' };
  test.each<Usage>([
    {},
    { inputTokens: 5 },
    { outputTokens: 5 },
    { inputTokens: Number.NaN, outputTokens: 1 },
    { inputTokens: 1.5, outputTokens: 1 },
    { inputTokens: -1, outputTokens: 1 },
    { inputTokens: 1, outputTokens: Number.POSITIVE_INFINITY },
    { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0.5 },
  ])('%j', (u) => {
    expect(priceUsage(p, u)).toEqual(unknown);
  });
});

test('a part without a price needs no count: embeddings report no output', () => {
  expect(priceUsage({ input: 1_000_000, output: 0 }, { inputTokens: 7 })).toEqual({
    known: true,
    total: 7,
    source: 'price',
  });
});

test('estimated tokens give an estimated cost', () => {
  const p = { input: 1_000_000, output: 1_000_000 };
  expect(priceUsage(p, { inputTokens: 1, outputTokens: 1, estimated: true })).toMatchObject({
    source: 'estimate',
  });
});
