import type { Cost, Usage } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const NOW = Date.UTC(2026, 10, 21);
// Price lists go down to a tenth of a cent a million.
const dollars = fc.integer({ min: 0, max: 1_000_000 }).map((tenths) => tenths / 1000);
const tokens = fc.integer({ min: 0, max: 20_000_000 });
const usages = fc
  .record({ plain: tokens, read: tokens, write: tokens, hour: tokens, output: tokens })
  .map(({ plain, read, write, hour, output }) => ({
    inputTokens: plain + read + write + hour,
    cacheReadTokens: read,
    cacheWriteTokens: write + hour,
    cacheWrite1hTokens: hour,
    outputTokens: output,
  }));
const total = (cost: Cost | undefined): number => {
  if (cost?.known !== true) throw new Error('no known cost');
  return cost.total;
};

test('a cost by the table is the sum in exact integers, rounded half up once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        input: dollars,
        output: dollars,
        cacheRead: dollars,
        cacheWrite: dollars,
        cacheWrite1h: dollars,
      }),
      usages,
      async (prices, usage) => {
        const book = await createPriceBook({ table: { 'p/m': prices }, publicTable: false });
        const nano = (amount: number): bigint => BigInt(Math.round(amount * 1000)) * 1_000_000n;
        const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens } = usage;
        const exact =
          BigInt(inputTokens - cacheReadTokens - cacheWriteTokens) * nano(prices.input) +
          BigInt(cacheReadTokens) * nano(prices.cacheRead) +
          BigInt(cacheWriteTokens - cacheWrite1hTokens) * nano(prices.cacheWrite) +
          BigInt(cacheWrite1hTokens) * nano(prices.cacheWrite1h) +
          BigInt(usage.outputTokens) * nano(prices.output);
        const cost = book.cost({ provider: 'p', id: 'm' }, usage, NOW);
        expect(BigInt(total(cost))).toBe((exact + 500_000n) / 1_000_000n);
      },
    ),
  );
});

test('more tokens never cost less, by any source', async () => {
  const table = { 'own/m': { input: 0.1, output: 0.4, cacheRead: 0.01 } };
  const book = await createPriceBook({ table });
  const models = [
    { provider: 'own', id: 'm' },
    { provider: 'openai', id: 'gpt-4o' },
    { provider: 'anthropic', id: 'claude-opus-4-5' },
    { provider: 'google', id: 'gemini-2.5-pro' },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...models), usages, tokens, tokens, (model, usage, more, out) => {
      const larger: Usage = {
        ...usage,
        inputTokens: usage.inputTokens + more,
        outputTokens: usage.outputTokens + out,
      };
      expect(total(book.cost(model, larger, NOW))).toBeGreaterThanOrEqual(
        total(book.cost(model, usage, NOW)),
      );
    }),
  );
});

test('an unknown model stays unknown whatever it used', async () => {
  const book = await createPriceBook({ table: { 'p/m': { input: 1, output: 1 } } });
  fc.assert(
    fc.property(usages, fc.option(fc.string(), { nil: undefined }), (usage, servedBy) => {
      expect(book.cost({ provider: 'nobody', id: 'm' }, usage, NOW, servedBy)).toBeUndefined();
    }),
  );
});
