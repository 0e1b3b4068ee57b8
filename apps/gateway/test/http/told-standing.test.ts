import { systemClock, type Clock, type Standing } from '@inferway/core';
import { openaiRateLimit } from '@inferway/provider-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANTHROPIC, OPENAI, type Protocol } from '../../src/http/protocol.js';
import { ToldStanding } from '../../src/http/told-standing.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const clock: Clock = { ...systemClock, wallTime: () => NOW };

/** What is said after each of these layers told its part. */
function headersOf(
  layers: readonly (readonly Standing[])[],
  protocol: Protocol = OPENAI,
): Record<string, string> {
  const standing = new ToldStanding(clock);
  for (const told of layers) standing.stands({}, () => told);
  const flat = standing.headers(protocol);
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
  );
}

test('nothing is said where nothing was told', () => {
  expect(new ToldStanding(clock).headers(OPENAI)).toEqual([]);
  expect(headersOf([[]])).toEqual({});
});

test('each protocol has its own names; money has ours', () => {
  const told: readonly Standing[] = [
    { kind: 'requests', limit: 10, used: 4, resetMs: 61_000 },
    { kind: 'outputTokens', limit: 100, used: 130, resetMs: 5 },
    { kind: 'spend', limit: 2_500_000_000, used: 2_499_999_877, resetMs: 9 },
  ];
  const money = {
    'x-inferway-budget-limit': '2.5',
    'x-inferway-budget-remaining': '0.000000123',
  };
  expect(headersOf([told])).toEqual({
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '6',
    'x-ratelimit-reset-requests': '1m1s',
    ...money,
  });
  expect(headersOf([told], ANTHROPIC)).toEqual({
    'anthropic-ratelimit-requests-limit': '10',
    'anthropic-ratelimit-requests-remaining': '6',
    'anthropic-ratelimit-requests-reset': '2026-11-21T10:01:01Z',
    'anthropic-ratelimit-output-tokens-limit': '100',
    'anthropic-ratelimit-output-tokens-remaining': '0',
    'anthropic-ratelimit-output-tokens-reset': '2026-11-21T10:00:01Z',
    ...money,
  });
});

test('figures that no store should give are still figures', () => {
  const odd: readonly Standing[] = [
    { kind: 'requests', limit: 10, used: -4, resetMs: -1500 },
    { kind: 'tokens', limit: 10, used: 3.3, resetMs: 0.2 },
    { kind: 'spend', limit: 10, used: 3.5 },
  ];
  expect(headersOf([odd])).toEqual({
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '10',
    'x-ratelimit-reset-requests': '0ms',
    'x-ratelimit-limit-tokens': '10',
    'x-ratelimit-remaining-tokens': '6',
    'x-ratelimit-reset-tokens': '1ms',
    'x-inferway-budget-limit': '0.00000001',
    'x-inferway-budget-remaining': '0.000000006',
  });
});

test('a layer’s last word counts', () => {
  const standing = new ToldStanding(clock);
  const layer = {};
  for (const used of [3, 1]) {
    standing.stands(layer, () => [{ kind: 'requests', limit: 3, used }]);
  }
  expect(standing.headers(OPENAI)).toEqual([
    'x-ratelimit-limit-requests',
    '3',
    'x-ratelimit-remaining-requests',
    '2',
  ]);
});

test('of equal ones that are used up, the order in which they were told makes no difference', () => {
  const small: Standing = { kind: 'tokens', limit: 0, used: 0, resetMs: 99_990 };
  const large: Standing = { kind: 'tokens', limit: 1, used: 1, resetMs: 99_990 };
  expect(headersOf([[small], [large]])).toEqual(headersOf([[large], [small]]));
});

const standings = fc.array(
  fc.record({
    kind: fc.constantFrom('requests' as const, 'tokens' as const),
    limit: fc.nat(1000),
    used: fc.nat(1500),
    resetMs: fc.nat(100_000),
  }),
  { minLength: 1, maxLength: 6 },
);

test('of several, in whatever layers and order, the one with the least share left is told', () => {
  fc.assert(
    fc.property(fc.array(standings, { minLength: 1, maxLength: 3 }), (layers) => {
      const read = openaiRateLimit(headersOf(layers), NOW) ?? {};
      const share = (limit = 0, left = 0): number => (left === 0 ? 0 : left / limit);
      for (const kind of ['requests', 'tokens'] as const) {
        const all = layers.flat().filter((standing) => standing.kind === kind);
        const told = read[kind];
        expect(told === undefined).toBe(all.length === 0);
        if (told === undefined) continue;
        const least = Math.min(
          ...all.map(({ limit, used }) => share(limit, Math.max(0, limit - used))),
        );
        expect(share(told.limit, told.remaining)).toBe(least);
        expect(all.map(({ limit, resetMs }) => [limit, resetMs])).toContainEqual([
          told.limit,
          told.resetMs,
        ]);
        expect(headersOf([layers.flat().toReversed()])).toEqual(headersOf([layers.flat()]));
      }
    }),
  );
});

describe('figures that are none', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a used of %s is not told', (used) => {
    expect(headersOf([[{ kind: 'requests', limit: 3, used }]])).toEqual({});
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('nor a reset of %s', (resetMs) => {
    for (const protocol of [OPENAI, ANTHROPIC]) {
      const headers = headersOf([[{ kind: 'requests', limit: 3, used: 1, resetMs }]], protocol);
      expect(Object.values(headers).toSorted()).toEqual(['2', '3']);
    }
  });

  test('a store that fails to say how things stand loses no answer', () => {
    const standing = new ToldStanding(clock);
    standing.stands({}, () => {
      throw new Error('the store broke');
    });
    expect(standing.headers(OPENAI)).toEqual([]);
  });
});
