import type { Usage } from '@inferway/core';
import { priceTable } from '@inferway/core/middleware';
import { describe, expect, test } from 'vitest';

describe('a price table', () => {
  const u: Usage = { inputTokens: 1_000_000, outputTokens: 0 };
  const totalOf = (provider: string, id: string): unknown => {
    const bill = priceTable({
      'a/x': { input: 1, output: 1 },
      'a/*': { input: 2, output: 2 },
      'a/deep/er': { input: 3, output: 3 },
    }).cost({ provider, id }, u, 0);
    return bill?.known === true ? bill.total / 1e9 : bill;
  };

  test('knows a model by its name, else by its provider, else not', () => {
    expect(totalOf('a', 'x')).toBe(1);
    expect(totalOf('a', 'deep/er')).toBe(3);
    expect(totalOf('a', 'y')).toBe(2);
    expect(totalOf('b', 'x')).toBeUndefined();
  });

  test.each([
    [{ 'a/x': { input: -1, output: 1 } }],
    [{ 'a/x': { input: Number.NaN, output: 1 } }],
    [{ 'a/x': { input: 1 } as never }],
    [{ x: { input: 1, output: 1 } }],
    [{ 'a/x': { input: 1, output: 1, cacheRead: -1 } }],
  ])('refuses %j', (table) => {
    expect(() => priceTable(table)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });
});
