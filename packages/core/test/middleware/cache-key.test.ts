import { chatTraits, State, type Call } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cacheKey } from '../../src/middleware/cache-key.js';
import { canonicalJson } from '../../src/canonical-json.js';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, shuffled(member)]),
  );
};

describe('canonical JSON', () => {
  test('is the same for equal values and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = canonicalJson(value);
        expect(text).toBeDefined();
        expect(canonicalJson(shuffled(value))).toBe(text);
        // JSON itself knows no -0.
        expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
  });

  test('differs for different values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const equal = JSON.stringify(shuffled(one)) === JSON.stringify(shuffled(other));
        fc.pre(!equal);
        const same = canonicalJson(one) === canonicalJson(other);
        // Equal apart from the order of their members.
        if (same)
          expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a function', { f: () => 1 }],
    ['a bigint', { n: 1n }],
    ['a symbol', { s: Symbol('x') }],
    ['a marker of bytes', { '\u0000bytes': 'AAA=' }],
    ['a date', { d: new Date(0) }],
    ['a map', new Map()],
    ['no number', [Number.NaN]],
    ['an infinite one', [Number.POSITIVE_INFINITY]],
    ['a hole', [undefined]],
  ])('has no text for %s', (_name, value) => {
    expect(canonicalJson(value)).toBeUndefined();
  });

  test('has no text for a cycle, and does not run out of stack for what is very deep', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(canonicalJson(cycle)).toBeUndefined();
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(canonicalJson(deep)).toBeUndefined();
  });

  test('keeps an own member named __proto__ apart', () => {
    const poisoned: unknown = JSON.parse('{"__proto__":{"a":1}}');
    expect(canonicalJson(poisoned)).toBe('{"__proto__":{"a":1}}');
    const unsorted: unknown = JSON.parse('{"b":1,"__proto__":{"a":1}}');
    expect(canonicalJson(unsorted)).toBe('{"__proto__":{"a":1},"b":1}');
    expect(canonicalJson(poisoned)).not.toBe(canonicalJson({}));
  });
});

describe('the key of a call', () => {
  const callOf = (change: Partial<Call> = {}, traits: unknown = chatTraits): Call =>
    ({
      operation: 'chat',
      stream: false,
      model: { provider: 'p', id: 'm' },
      request: { messages: [] },
      signal: new AbortController().signal,
      state: new State({ clock: virtualClock(), traits: () => (traits ?? undefined) as never }),
      ...change,
    }) as Call;

  test('is one for both shapes where they can be turned into each other, and two where not', () => {
    const key = (stream: boolean, traits: unknown): unknown =>
      cacheKey(callOf({ stream } as never, traits), 's', {});
    expect(key(true, chatTraits)).toBe(key(false, chatTraits));
    expect(key(true, null)).not.toBe(key(false, null));
  });

  test('changes with all that the answer depends on, and with nothing else', () => {
    const text = fc.string();
    const parts = fc.record({
      scope: text,
      provider: text,
      id: text,
      operation: text,
      asked: fc.jsonValue(),
    });
    const keyOf = ({
      scope,
      provider,
      id,
      operation,
      asked,
    }: {
      scope: string;
      provider: string;
      id: string;
      operation: string;
      asked: unknown;
    }): unknown => cacheKey(callOf({ model: { provider, id }, operation } as never), scope, asked);
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const equal = canonicalJson(one) === canonicalJson(other);
        expect(keyOf(one) === keyOf(other)).toBe(equal);
        expect(keyOf(one)).toBe(keyOf(structuredClone(one)));
      }),
    );
  });
});
