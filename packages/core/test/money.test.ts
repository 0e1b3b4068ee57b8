import { formatUsd, sumCosts, usd, type Cost } from '@inferway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const nanos = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test('dollars written with nine decimals become exactly that many nano-dollars', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (whole, part) => {
        const text = `${whole}.${part.toString().padStart(9, '0')}`;
        expect(BigInt(usd(Number(text)))).toBe(BigInt(whole) * 1_000_000_000n + BigInt(part));
      },
    ),
  );
});

test('formatting is exact: read as a decimal it is the amount again', () => {
  fc.assert(
    fc.property(nanos, fc.boolean(), (amount, negative) => {
      const text = formatUsd(negative ? -amount : amount);
      const match = /^(-?)\$(\d+)(?:\.(\d{1,9}))?$/u.exec(text);
      expect(match).not.toBeNull();
      const [, sign, whole = '', fraction = ''] = match ?? [];
      expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(BigInt(amount));
      expect(sign).toBe(negative && amount !== 0 ? '-' : '');
      expect(fraction.endsWith('0')).toBe(false);
    }),
  );
});

test('what is no amount of dollars is refused', () => {
  for (const bad of [Number.NaN, -1, -1e-9, Number.POSITIVE_INFINITY, 9_100_000]) {
    expect(() => usd(bad)).toThrow(RangeError);
  }
  expect(usd(-0)).toBe(0);
  expect(usd(9_000_000)).toBe(9_000_000_000_000_000);
});

const cost: fc.Arbitrary<Cost> = fc.oneof(
  fc.record({
    known: fc.constant(true as const),
    total: fc.integer({ min: 0, max: 1e12 }),
    source: fc.constantFrom('provider' as const, 'price' as const, 'estimate' as const),
  }),
  fc.record({
    known: fc.constant(false as const),
    reason: fc.constantFrom('no-price' as const, 'no-usage' as const),
  }),
);

test('a sum is exact, unknown with one unknown part, and only as sure as its least sure part', () => {
  fc.assert(
    fc.property(fc.array(cost, { maxLength: 20 }), (costs) => {
      const sum = sumCosts(costs);
      expect(sum.known).toBe(costs.every(({ known }) => known));
      if (!sum.known) return;
      const known = costs.filter((one) => one.known);
      expect(BigInt(sum.total)).toBe(known.reduce((all, { total }) => all + BigInt(total), 0n));
      const surest = ['provider', 'price', 'estimate'];
      const least = Math.max(0, ...known.map(({ source }) => surest.indexOf(source)));
      expect(sum.source).toBe(surest[least]);
    }),
  );
});
