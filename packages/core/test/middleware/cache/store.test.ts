import { createClient } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import type { CacheStore } from '@inferway/core/stores';
import { fakeProvider, say, settle, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { cacheRig } from './rig.js';

const never = (): Promise<never> => new Promise(() => {});
const storing = (store: Partial<CacheStore>): CacheStore => ({
  get: () => undefined,
  set: () => {},
  delete: () => {},
  ...store,
});
function hanging() {
  let sets = 0;
  const store = storing({
    set: () => {
      sets++;
      return never();
    },
  });
  return { store, sets: () => sets };
}
const problems = (told: readonly object[]): unknown[] =>
  told.map((event) => {
    const { operation, problem } = event as { operation: string; problem: string };
    return `${operation} ${problem}`;
  });

describe('a store that hangs (F67)', () => {
  test('collects no more than so many writes, and says so', async () => {
    const { store, sets } = hanging();
    const { chat, told } = cacheRig(say('x'), { cache: { store } });
    for (let i = 0; i < 4100; i++) await chat();
    expect(sets()).toBe(4096);
    expect(problems(told('cache-store'))).toEqual(Array(4).fill('write busy'));
  });

  test('collects no more than 64 MiB of them', async () => {
    const { store, sets } = hanging();
    const { chat, told } = cacheRig(say('x'.repeat(3 * 1024 * 1024)), { cache: { store } });
    for (let i = 0; i < 15; i++) await chat();
    expect(sets()).toBe(10);
    expect(problems(told('cache-store'))).toEqual(Array(5).fill('write busy'));
  });

  test('is waited for 100 ms a call, and after five times left alone for a second', async () => {
    let gets = 0;
    const store = storing({
      get: () => {
        gets++;
        return never();
      },
    });
    const { chat, clock, told } = cacheRig(say('x'), { cache: { store } });
    for (let i = 0; i < 5; i++) {
      const from = clock.now();
      const running = chat();
      await clock.advance(100);
      expect((await running).meta.cache).toBe('miss');
      expect(clock.now() - from).toBe(100);
    }
    const resting = await chat();
    expect(resting.meta.cache).toBe('miss');
    expect(gets).toBe(5);
    expect(problems(told('cache-store'))).toEqual([
      ...Array(5).fill('read timeout'),
      // The fifth call's own answer is not kept either.
      'write resting',
      'read resting',
      'write resting',
    ]);
    await clock.advance(1000);
    const probing = chat();
    await clock.advance(100);
    await probing;
    expect(gets).toBe(6);
    expect(clock.timers).toBe(0);
  });

  test('holds no call that is aborted, and leaves nothing behind (R12)', async () => {
    const { controller, signal, count } = countingSignal();
    const { chat, clock, provider } = cacheRig(say('x'), {
      cache: { store: storing({ get: never }) },
    });
    const failing = errorOf(chat({}, { signal }));
    await clock.advance(10);
    controller.abort();
    expect((await failing).code).toBe('aborted');
    await settle();
    expect(clock.timers).toBe(0);
    expect(count()).toBe(0);
    expect(provider.attempts).toEqual([]);
  });

  test('that answers too late is not listened to any more', async () => {
    let answer: ((text: string | undefined) => void) | undefined;
    const store = storing({
      get: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const { chat, clock } = cacheRig(say('x'), { cache: { store } });
    const running = chat();
    await clock.advance(100);
    answer?.('nonsense');
    expect((await running).text).toBe('x');
  });
});

test('a store that fails is told of, once each time (F68)', async () => {
  const broken = async (): Promise<never> => {
    throw new Error('down');
  };
  const { chat, told } = cacheRig(say('x'), {
    cache: { store: storing({ get: broken, set: broken }) },
  });
  await chat();
  await settle();
  expect(problems(told('cache-store'))).toEqual(['read failed', 'write failed']);
});

test('a store that works again is used again', async () => {
  const kept = new Map<string, string>();
  let works = false;
  const store = storing({
    get: (key) => {
      if (!works) throw new Error('down');
      return kept.get(key);
    },
    set: (key, value) => void kept.set(key, value),
  });
  const { chat, clock, provider } = cacheRig(undefined, { cache: { store } });
  for (let i = 0; i < 8; i++) await chat();
  works = true;
  expect((await chat()).meta.cache).toBe('miss');
  await clock.advance(1000);
  expect((await chat()).meta.cache).toBe('hit');
  expect(provider.attempts.length).toBe(9);
});

test.each([[undefined], [null], [5], [{}]])('a store that gives %j has nothing', async (found) => {
  const { chat } = cacheRig(undefined, {
    cache: { store: storing({ get: () => found as never }) },
  });
  expect((await chat()).meta.cache).toBe('miss');
});

test('what is no store is refused when built', () => {
  expect(() => cache({ scope: 'shared', store: {} as CacheStore })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'store' }),
  );
});

describe('bounds that a store which works never meets', () => {
  test('thousands of reads one after the other', async () => {
    let gets = 0;
    const store = storing({
      get: async () => {
        gets++;
        return undefined;
      },
    });
    const { chat } = cacheRig(say('x'), { cache: { store } });
    for (let i = 0; i < 4200; i++) await chat();
    expect(gets).toBe(4200);
  });

  test('many large writes one after the other, beside one that hangs', async () => {
    let sets = 0;
    const store = storing({
      set: () => (sets++ === 0 ? never() : Promise.resolve()),
    });
    const { chat } = cacheRig(say('x'.repeat(3 * 1024 * 1024)), { cache: { store } });
    for (let i = 0; i < 30; i++) {
      await chat();
      await settle();
    }
    expect(sets).toBe(30);
  });

  test('one answer that is larger than all that may wait, where it is allowed', async () => {
    let sets = 0;
    const store = storing({
      set: async () => {
        sets++;
      },
    });
    const maxEntryBytes = 512 * 1024 * 1024;
    const { chat } = cacheRig(say('x'.repeat(34 * 1024 * 1024)), {
      cache: { store, maxEntryBytes },
    });
    await chat();
    expect(sets).toBe(1);
  });
});

test('reads that hang at once are so many and no more', async () => {
  let gets = 0;
  const store = storing({
    get: () => {
      gets++;
      return never();
    },
  });
  const { chat, clock } = cacheRig(say('x'), { cache: { store } });
  const calls = Array.from({ length: 4100 }, () => chat());
  await clock.advance(100);
  await Promise.all(calls);
  expect(gets).toBe(4096);
});

test('only failures in a row make a store rest', async () => {
  let works = false;
  const store = storing({
    get: () => {
      if (!works) throw new Error('down');
      return undefined;
    },
  });
  const { chat, told } = cacheRig(say('x'), { cache: { store } });
  for (let i = 0; i < 12; i++) {
    works = i % 4 === 3;
    await chat();
  }
  expect(problems(told('cache-store'))).toEqual(Array(9).fill('read failed'));
});

describe('a signal that the layer is given', () => {
  test('has no listener of it once the store has answered', async () => {
    const { signal, count } = countingSignal();
    const store = storing({ get: async () => undefined });
    const layer = cache({ scope: 'shared', store });
    const counts: number[] = [];
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      middleware: [
        (call, next) => layer({ ...call, signal }, next),
        (call, next) => {
          counts.push(count());
          return next(call);
        },
      ],
    });
    await client.chat({ model: 'fake/m', messages: [] });
    expect(counts).toEqual([0]);
  });

  test('that was aborted before ends the wait before it begins', async () => {
    const clock = virtualClock();
    const layer = cache({ scope: 'shared', store: storing({ get: never }) });
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      clock,
      middleware: [(call, next) => layer({ ...call, signal: AbortSignal.abort() }, next)],
    });
    const failing = errorOf(client.chat({ model: 'fake/m', messages: [] }));
    await settle();
    expect(clock.timers).toBe(0);
    expect((await failing).code).toBe('aborted');
  });
});
