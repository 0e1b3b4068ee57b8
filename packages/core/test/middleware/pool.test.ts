import {
  createClient,
  listen,
  type Call,
  type ChainEvent,
  type InferwayError,
  type RateLimitSnapshot,
} from '@inferway/core';
import { auth, pool, type PoolOptions } from '@inferway/core/middleware';
import { memoryHealth, type HealthStore } from '@inferway/core/stores';
import {
  accept,
  fail,
  fakeError,
  fakeProvider,
  say,
  virtualClock,
  type VirtualClock,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

/** A process with a pool; `errors` and `limits` say what the provider does to which key. */
function startProcess(keys: readonly string[], options: PoolOptions = {}, clock = virtualClock()) {
  const errors: Record<string, InferwayError> = {};
  const limits: Record<string, RateLimitSnapshot> = {};
  const used: string[] = [];
  const provider = fakeProvider({
    script: (call: Call) => {
      const key = call.credential?.reveal() ?? '';
      used.push(key);
      const error = errors[key];
      return error === undefined
        ? [accept({ rateLimit: limits[key] }), ...say('ok').slice(1)]
        : [fail(error)];
    },
  });
  const client = createClient({
    providers: [provider],
    middleware: [auth(pool(keys, options))],
    clock,
  });
  const events: ChainEvent[] = [];
  return {
    clock,
    errors,
    limits,
    events,
    used,
    chat: () =>
      client.chat(
        { model: 'fake/m', messages },
        { state: (state) => listen(state, (event) => events.push(event)) },
      ),
    /** The keys that the next `times` calls use. */
    async uses(times: number) {
      used.length = 0;
      for (let i = 0; i < times; i++) await this.chat().catch(() => {});
      return used.join('');
    },
  };
}

describe('weights', () => {
  test('share the calls, evenly mixed', async () => {
    const got = await startProcess(['a', 'b', 'c'], { weights: [3, 2, 1] }).uses(600);
    expect(['a', 'b', 'c'].map((key) => got.split(key).length - 1)).toEqual([300, 200, 100]);
    expect(got).not.toContain('aaaa');
  });

  test('a key that rested has no calls to make up for', async () => {
    const process = startProcess(['a', 'b']);
    process.errors['a'] = fakeError('rate_limit', { retryAfterMs: 1000 });
    await process.uses(100);
    delete process.errors['a'];
    await process.clock.advance(1000);
    expect((await process.uses(10)).split('a').length - 1).toBe(5);
  });
});

describe('what providers tell of their limits', () => {
  const empty = (resetMs: number): RateLimitSnapshot => ({ requests: { remaining: 0, resetMs } });

  test('a key of which nothing remains rests until its limit is whole, before it is refused', async () => {
    const process = startProcess(['a', 'b']);
    process.limits['a'] = empty(5000);
    expect(await process.uses(5)).toBe('abbbb');
    expect(process.events).toContainEqual({
      type: 'key-rests',
      provider: 'fake',
      credential: 'pool#1',
      reason: 'remaining',
      restMs: 5000,
    });
    delete process.limits['a'];
    await process.clock.advance(5000);
    expect((await process.uses(4)).includes('a')).toBe(true);
  });

  test.each<[string, RateLimitSnapshot]>([
    ['something remains', { requests: { remaining: 1, resetMs: 5000 } }],
    ['nobody says until when', { tokens: { remaining: 0 } }],
    ['nobody says what remains', { requests: { resetMs: 5000 } }],
    [
      'nonsense',
      {
        requests: { remaining: 0, resetMs: Number.NaN },
        tokens: { remaining: 0, resetMs: Number.POSITIVE_INFINITY },
      },
    ],
    ['it is past', { requests: { remaining: 0, resetMs: -5 } }],
  ])('it does not where %s', async (_, snapshot) => {
    const process = startProcess(['a', 'b']);
    process.limits['a'] = snapshot;
    expect(await process.uses(4)).toBe('abab');
  });

  test('the longest of several limits counts', async () => {
    const process = startProcess(['a', 'b']);
    process.limits['a'] = {
      requests: { remaining: 0, resetMs: 1000 },
      outputTokens: { remaining: 0, resetMs: 3000 },
      inputTokens: { remaining: 5, resetMs: 60_000 },
    };
    await process.uses(1);
    await process.clock.advance(2999);
    expect(await process.uses(3)).toBe('bbb');
  });

  test('where all are expected to be refused one is tried all the same: only the provider’s own word stops a call', async () => {
    const process = startProcess(['a', 'b']);
    Object.assign(process.limits, { a: empty(60_000), b: empty(30_000) });
    expect(await process.uses(4)).toBe('abbb');
    // A refusal that names a time stands, however short; the other key is still only expected to be refused.
    process.errors['b'] = fakeError('rate_limit', { retryAfterMs: 2000 });
    expect(await process.uses(1)).toBe('b');
    expect(await process.uses(1)).toBe('a');
    process.errors['a'] = fakeError('rate_limit', { retryAfterMs: 3000 });
    await process.uses(1);
    expect((await errorOf(process.chat())).retryAfterMs).toBe(2000);
  });
});

describe('two processes on one store', () => {
  const two = (
    health: (clock: VirtualClock) => HealthStore = (clock) => memoryHealth({ clock }),
  ) => {
    const clock = virtualClock();
    const options: PoolOptions = { health: health(clock), name: 'fake' };
    return [
      startProcess(['a', 'b'], options, clock),
      startProcess(['a', 'b'], options, clock),
    ] as const;
  };
  const unwatched = (clock: VirtualClock): HealthStore => ({
    ...memoryHealth({ clock }),
    watch: undefined as never,
  });

  test('a key that rests for one rests for the other within a second', async () => {
    const [one, other] = two(unwatched);
    expect(await other.uses(2)).toBe('ab');
    one.errors['a'] = fakeError('rate_limit', { retryAfterMs: 5000 });
    await one.uses(1);
    await one.clock.advance(1000);
    expect(await other.uses(3)).toBe('bbb');
    await one.clock.advance(4000);
    expect(await other.uses(4)).toContain('a');
  });

  test('at once where the store pushes marks', async () => {
    const [one, other] = two();
    await other.uses(2);
    one.errors['a'] = fakeError('billing');
    await one.uses(1);
    expect(await other.uses(3)).toBe('bbb');
    await one.clock.advance(599_999);
    expect(await other.uses(3)).toBe('bbb');
  });

  test('what this process was told is not softened by what it reads of itself', async () => {
    const [one] = two(unwatched);
    one.errors['a'] = fakeError('rate_limit', { retryAfterMs: 5000 });
    one.errors['b'] = fakeError('rate_limit', { retryAfterMs: 5000.4 });
    await one.uses(1);
    await one.clock.advance(2000);
    expect((await errorOf(one.chat())).sent).toBe('no');
    expect((await errorOf(one.chat())).sent).toBe('no');
  });

  test('a store that says that all keys rest for ever stops nothing', async () => {
    const [one] = two(() => ({
      mark: () => {},
      clear: () => {},
      read: (keys) => keys.map((key) => ({ key, leftMs: 1e15, reason: 'constructor' })),
      claim: () => false,
    }));
    expect((await one.uses(20)).length).toBe(20);
  });

  test.each(['throws', 'rejects', 'hangs'])('one that %s changes nothing', async (how) => {
    const ill = (): never | Promise<never> => {
      if (how === 'throws') throw new Error('down');
      return how === 'rejects' ? Promise.reject(new Error('down')) : new Promise<never>(() => {});
    };
    const [one] = two(() => ({ mark: ill, clear: ill, read: ill, claim: ill }));
    one.errors['a'] = fakeError('rate_limit');
    expect(await one.uses(4)).toBe('abbbb');
    await one.clock.advance(1000);
    expect(one.clock.timers).toBe(0);
  });
});

test('under random refusals no key is used while it rests as told, and none is left out for ever', async () => {
  const event = fc.oneof(
    { weight: 5, arbitrary: fc.constant({ do: 'call' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('refuse' as const),
        key: fc.constantFrom('a', 'b', 'c'),
        code: fc.constantFrom('rate_limit' as const, 'billing' as const, 'authentication' as const),
        retryAfterMs: fc.constantFrom(undefined, 100, 5000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('mend' as const),
        key: fc.constantFrom('a', 'b', 'c'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('pass' as const),
        ms: fc.constantFrom(50, 1000, 10_000),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const process = startProcess(['a', 'b', 'c'], { parkMs: 20_000 });
      const told = new Map<string, number>();
      for (const next of events) {
        if (next.do === 'refuse') {
          process.errors[next.key] = fakeError(next.code, { retryAfterMs: next.retryAfterMs });
        } else if (next.do === 'mend') {
          delete process.errors[next.key];
        } else if (next.do === 'pass') {
          await process.clock.advance(next.ms);
        } else {
          process.used.length = 0;
          await process.chat().catch(() => {});
          const now = process.clock.now();
          for (const key of process.used) {
            expect(told.get(key) ?? 0).toBeLessThanOrEqual(now);
            const error = process.errors[key];
            if (error?.code === 'rate_limit' && error.retryAfterMs !== undefined) {
              told.set(key, now + error.retryAfterMs);
            }
          }
          expect(new Set(process.used).size).toBe(process.used.length);
        }
      }
      for (const key of ['a', 'b', 'c']) delete process.errors[key];
      await process.clock.advance(20_000);
      expect([...(await process.uses(6))].toSorted().join('')).toBe('aabbcc');
    }),
    { numRuns: 500 },
  );
});

describe('options that cannot work are refused when built', () => {
  const health = memoryHealth();
  test.each<[string, PoolOptions]>([
    ['weights', { weights: [1] }],
    ['weights', { weights: [1, 0] }],
    ['weights', { weights: [1, -1] }],
    ['weights', { weights: [1, Number.POSITIVE_INFINITY] }],
    ['ids', { ids: ['x', 'x'] }],
    ['ids', { ids: ['x', 'y', 'z'] }],
    ['ids', { ids: ['pool#2'] }],
    ['name', { health }],
    ['health', { health: { ...health, claim: undefined as never }, name: 'x' }],
    ['name', { health, name: '' }],
    ['refreshMs', { health, name: 'x', refreshMs: 0 }],
    ['storeTimeoutMs', { health, name: 'x', storeTimeoutMs: -1 }],
    ['cooldownMs', { cooldownMs: -1 }],
    ['parkMs', { parkMs: 0 }],
  ])('%s: %j', (param, options) => {
    expect(() => pool(['a', 'b'], options)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });
});
