import {
  caller,
  callerOf,
  callIdOf,
  createClient,
  deadlineOf,
  stateKey,
  type Call,
  type Middleware,
} from '@inferway/core';
import { cache, type CacheOptions } from '@inferway/core/caching';
import { retry } from '@inferway/core/middleware';
import {
  fail,
  fakeProvider,
  result,
  say,
  settle,
  stall,
  usage,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { cacheRig } from './rig.js';

const times = { ttlMs: 1000, staleMs: 5000 };

describe('a stale answer', () => {
  test('is served at once and refreshed once behind it, however many ask', async () => {
    const { chat, clock, provider, told } = cacheRig(
      (_call, n) => [wait(100), ...say(`answer ${n}`)],
      {
        cache: times,
      },
    );
    const first = chat();
    await clock.advance(100);
    await first;
    await clock.advance(1000);
    const stale = await Promise.all(Array.from({ length: 50 }, () => chat()));
    expect(new Set(stale.map(({ text }) => text))).toEqual(new Set(['answer 1']));
    expect(stale[0]?.meta).toMatchObject({ cache: 'hit', cached: { stale: true, ageMs: 1000 } });
    expect(provider.attempts.length).toBe(2);
    await clock.advance(100);
    expect(told('cache-refresh')).toEqual([
      { type: 'cache-refresh', result: 'done', code: undefined },
    ]);
    const fresh = await chat();
    expect(fresh).toMatchObject({ text: 'answer 2', meta: { cached: { stale: false, ageMs: 0 } } });
    expect(provider.attempts.length).toBe(2);
    expect(clock.timers).toBe(0);
  });

  test('is fresh until its very end, then stale until the end of that, then gone', async () => {
    const { chat, clock, provider } = cacheRig(
      (_call, n) => (n === 1 ? say('answer 1') : [fail('server')]),
      { cache: { ...times, refreshPauseMs: 1 } },
    );
    await chat();
    await clock.advance(999);
    expect((await chat()).meta.cached?.stale).toBe(false);
    await clock.advance(1);
    expect((await chat()).meta.cached?.stale).toBe(true);
    await clock.advance(4999);
    expect((await chat()).meta.cached).toMatchObject({ stale: true, ageMs: 5999 });
    await clock.advance(1);
    await expect(chat()).rejects.toMatchObject({ code: 'server' });
    expect(provider.attempts.length).toBe(4);
  });

  test('streams too, and is refreshed by a stream that is read to its end', async () => {
    const { stream, clock, provider } = cacheRig(undefined, { cache: times });
    expect(await (await stream()).text).toBe('answer 1');
    await clock.advance(1000);
    expect(await (await stream()).text).toBe('answer 1');
    await settle();
    expect(provider.open).toBe(0);
    expect(await (await stream()).text).toBe('answer 2');
    expect(provider.attempts.length).toBe(2);
  });
});

describe('a refresh', () => {
  test('that fails keeps what there is, throws nothing, and is not tried again at once', async () => {
    const { chat, clock, provider, told } = cacheRig(
      (_call, n) => (n === 2 ? [fail('overloaded')] : say(`answer ${n}`)),
      { cache: { ...times, refreshPauseMs: 200 } },
    );
    await chat();
    await clock.advance(1000);
    await chat();
    await settle();
    expect(told('cache-refresh')).toMatchObject([{ result: 'failed', code: 'overloaded' }]);
    await clock.advance(199);
    expect((await chat()).text).toBe('answer 1');
    expect(provider.attempts.length).toBe(2);
    expect(told('cache-refresh').at(-1)).toMatchObject({ result: 'skipped' });
    await clock.advance(1);
    expect((await chat()).text).toBe('answer 1');
    await settle();
    expect((await chat()).text).toBe('answer 3');
  });

  test('that gives no complete answer keeps what there is', async () => {
    const cut = [
      usage({ outputTokens: 1 }),
      result({
        message: { role: 'assistant', content: [{ type: 'text', text: 'cu' }] },
        finishReason: { unified: 'length' },
      }),
    ];
    const { chat, clock } = cacheRig((_call, n) => (n === 2 ? cut : say(`answer ${n}`)), {
      cache: times,
    });
    await chat();
    await clock.advance(1000);
    for (let i = 0; i < 2; i++) {
      expect((await chat()).text).toBe('answer 1');
      await settle();
    }
    expect((await chat()).text).toBe('answer 3');
  });

  test('goes on when the caller is gone, and ends after its own time', async () => {
    const { chat, clock, provider, told } = cacheRig(
      (_call, n) => (n === 1 ? say('answer 1') : [stall()]),
      { cache: { ...times, refreshTimeoutMs: 300 } },
    );
    await chat();
    await clock.advance(1000);
    const controller = new AbortController();
    await chat({}, { signal: controller.signal, timeoutMs: 50 });
    controller.abort();
    await clock.advance(299);
    expect(provider.open).toBe(1);
    await clock.advance(1);
    expect(provider.open).toBe(0);
    expect(provider.attempts[1]?.cancelled?.code).toBe('timeout');
    expect(told('cache-refresh')).toMatchObject([{ result: 'failed', code: 'timeout' }]);
    expect(clock.timers).toBe(0);
  });

  test('is a call of its own on the same caller’s behalf: budgets and limits further in still decide', async () => {
    const TENANT = stateKey<string>('tenant');
    const seen: Call[] = [];
    let refuse = false;
    const budget: Middleware = (call, next) => {
      seen.push(call);
      if (refuse) throw new Error('no money left');
      return next(call);
    };
    const { chat, clock, provider } = cacheRig(undefined, { cache: times, inner: [budget] });
    const who = {
      timeoutMs: 10_000,
      state(state: Call['state']) {
        state.set(TENANT, 'acme');
        state.set(caller, { tenant: 'acme', user: 'u' });
      },
    };
    await chat({}, who);
    await clock.advance(1000);
    refuse = true;
    expect((await chat({}, who)).text).toBe('answer 1');
    await settle();
    expect(seen.length).toBe(2);
    const [first, refresh] = seen as [Call, Call];
    expect(refresh.state).not.toBe(first.state);
    expect(refresh.state.get(TENANT)).toBe('acme');
    expect(callerOf(refresh.state)).toEqual({ tenant: 'acme', user: 'u' });
    expect(callIdOf(refresh.state)).not.toBe(callIdOf(first.state));
    expect(deadlineOf(refresh.state)).toBe(61_000);
    expect(provider.attempts.length).toBe(1);
  });

  test('knows the caller also where a layer around the cache found that out', async () => {
    const names: unknown[] = [];
    const clock = virtualClock();
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      clock,
      middleware: [
        (call, next) => {
          call.state.set(caller, { tenant: 'acme' });
          return next(call);
        },
        cache({ scope: (call) => callerOf(call.state).tenant, ...times }),
        (call, next) => {
          names.push(callerOf(call.state).tenant);
          return next(call);
        },
      ],
    });
    for (let i = 0; i < 2; i++) {
      await client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] });
      await clock.advance(1000);
    }
    expect(names).toEqual(['acme', 'acme']);
  });

  test('makes as many attempts as the client’s calls may, and tells nobody of its progress', async () => {
    const clock = virtualClock();
    const progress: unknown[] = [];
    const provider = fakeProvider({
      script: (_call, n) => (n === 1 ? say('x') : [fail('server')]),
    });
    const client = createClient({
      providers: [provider],
      clock,
      attempts: 2,
      middleware: [
        (call, next) => next({ ...call, progress: {} }),
        cache({ scope: 'shared', ...times }),
        (call, next) => {
          progress.push(call.progress);
          return next(call);
        },
        retry({ attempts: 9, baseMs: 1 }),
      ],
    });
    for (let i = 0; i < 2; i++) {
      await client.chat({ model: 'fake/m', messages: [] });
      await clock.advance(1000);
    }
    expect(provider.attempts.length).toBe(3);
    expect(progress).toEqual([{}, undefined]);
  });

  test('that failed is remembered for a thousand keys and no more', async () => {
    const { chat, clock, provider } = cacheRig(
      (_call, n) => (n <= 1001 ? say('x') : [fail('server')]),
      {
        cache: {
          ttlMs: 1000,
          staleMs: 1e6,
          refreshPauseMs: 1e6,
          maxEntries: 2000,
          maxRefreshes: 5,
        },
      },
    );
    const ask = (i: number) => chat({ messages: [{ role: 'user', content: `${i}` }] });
    for (let i = 0; i < 1001; i++) await ask(i);
    await clock.advance(1000);
    for (let i = 0; i < 1001; i++) {
      await ask(i);
      await settle();
    }
    expect(provider.attempts.length).toBe(2002);
    await ask(1000);
    await ask(1);
    await settle();
    expect(provider.attempts.length).toBe(2002);
    await ask(0);
    await settle();
    expect(provider.attempts.length).toBe(2003);
  });

  test('is one of so many at a time; beyond that stale answers come without one', async () => {
    const { chat, clock, provider, told } = cacheRig(
      (_call, n) => (n <= 5 ? say('first') : [stall()]),
      { cache: { ...times, maxRefreshes: 2, refreshTimeoutMs: 500 } },
    );
    const asked = ['1', '2', '3', '4', '5'].map((content) => ({
      messages: [{ role: 'user', content }] as const,
    }));
    for (const input of asked) await chat(input);
    await clock.advance(1000);
    for (const input of asked) expect((await chat(input)).text).toBe('first');
    expect(provider.open).toBe(2);
    expect(told('cache-refresh').map((event) => (event as { result?: string }).result)).toEqual([
      'skipped',
      'skipped',
      'skipped',
    ]);
    await clock.advance(500);
    expect(provider.open).toBe(0);
    expect(clock.timers).toBe(0);
  });
});

test.each<[keyof CacheOptions, unknown]>([
  ['staleMs', -1],
  ['staleMs', Number.NaN],
  ['staleMs', 3e9],
  ['refreshTimeoutMs', 0],
  ['maxRefreshes', 0],
  ['maxRefreshes', 1.5],
  ['refreshPauseMs', -5],
])('%s: %j is refused when built', (param, value) => {
  expect(() => cache({ scope: 'shared', [param]: value })).toThrow(
    expect.objectContaining({ code: 'configuration', param }),
  );
});
