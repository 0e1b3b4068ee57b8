import {
  createClient,
  Credential,
  listen,
  type CallOptions,
  type ChainEvent,
  type Middleware,
} from '@inferway/core';
import { cache, cacheMode, cacheTtl, type CacheOptions } from '@inferway/core/caching';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { cacheRig } from './rig.js';

describe('a hit says what it saved', () => {
  test('as the stored answer had cost, with its age', async () => {
    const { chat, stream, clock, told } = cacheRig(say('one two'), { priced: true });
    await chat();
    await clock.advance(250);
    const hit = await chat();
    const saved = { known: true, total: 10 * 1000 + 2 * 2000, source: 'price' };
    expect(hit.meta.cached).toEqual({ kind: 'exact', stale: false, ageMs: 250, saved });
    expect(hit.cost).toEqual({ known: true, total: 0, source: 'price' });
    expect(hit.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
    await (
      await stream()
    ).text;
    const hitEvent = {
      type: 'cache',
      kind: 'exact',
      result: 'hit',
      savedNanoUsd: 14_000,
      ageMs: 250,
    };
    expect(told('cache')).toEqual([
      { type: 'cache', kind: 'exact', result: 'miss' },
      hitEvent,
      hitEvent,
    ]);
  });

  test('also where the stored answer was streamed', async () => {
    const { stream, chat } = cacheRig(say('one two'), { priced: true });
    await (
      await stream()
    ).text;
    expect((await chat()).meta.cached?.saved).toMatchObject({ total: 14_000 });
  });

  test('what nobody knows the price of stays unknown, and is not 0 (law 9)', async () => {
    const { chat, told } = cacheRig();
    await chat();
    expect((await chat()).meta.cached?.saved).toEqual({ known: false, reason: 'no-price' });
    expect(told('cache').at(-1)).toMatchObject({ result: 'hit', savedNanoUsd: undefined });
  });

  test('a bypass and a stale answer are told as what they are, without content', async () => {
    const { chat, clock, told, events } = cacheRig(undefined, {
      cache: { ttlMs: 10, staleMs: 10 },
    });
    await chat({}, { state: (state) => state.set(cacheMode, 'bypass') });
    await chat({ messages: [{ role: 'user', content: 'very private' }] });
    await clock.advance(10);
    await chat({ messages: [{ role: 'user', content: 'very private' }] });
    expect(told('cache').map((event) => (event as { result?: string }).result)).toEqual([
      'bypass',
      'miss',
      'stale',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/private|answer/u);
  });
});

describe('the time of one call', () => {
  const keepFor = (ms: number): CallOptions => ({ state: (state) => state.set(cacheTtl, ms) });

  test('takes the place of the cache’s own, also for those who ask later', async () => {
    const { chat, clock } = cacheRig(undefined, { cache: { ttlMs: 1000 } });
    await chat({}, keepFor(100));
    await clock.advance(99);
    expect((await chat()).text).toBe('answer 1');
    await clock.advance(1);
    expect((await chat({}, keepFor(5000))).text).toBe('answer 2');
    await clock.advance(4999);
    expect((await chat()).text).toBe('answer 2');
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'of %j is refused before anything is paid',
    async (ms) => {
      const { chat, provider } = cacheRig();
      expect(await errorOf(chat({}, keepFor(ms)))).toMatchObject({
        code: 'configuration',
        param: 'cacheTtl',
      });
      expect(provider.attempts).toEqual([]);
    },
  );
});

describe('deterministicOnly', () => {
  test.each([
    [{ temperature: 0 }, 'hit'],
    [{ seed: 7 }, 'hit'],
    [{ seed: 0, temperature: 1 }, 'hit'],
    [{ temperature: 0.2 }, 'bypass'],
    [{}, 'bypass'],
  ] as const)('%j: %s', async (settings, expected) => {
    const { chat } = cacheRig(undefined, { cache: { deterministicOnly: true } });
    await chat(settings);
    expect((await chat(settings)).meta.cache).toBe(expected);
  });

  test('lets operations through the cache that make nothing up', async () => {
    const provider = fakeProvider({
      operations: ['embed'],
      script: [{ do: 'result', result: { embeddings: [[1]] } }],
    });
    const client = createClient({
      providers: [provider],
      middleware: [cache({ scope: 'shared', deterministicOnly: true })],
    });
    await client.embed({ model: 'fake/m', input: 'x' });
    expect((await client.embed({ model: 'fake/m', input: 'x' })).meta.cache).toBe('hit');
  });
});

describe('whose answer it is', () => {
  test('a tenant named "shared" has nothing of what all share, and all share nothing of his', async () => {
    const store = new Map<string, string>();
    const options = {
      store: {
        get: (key: string) => store.get(key),
        set: (key: string, value: string) => void store.set(key, value),
        delete: () => {},
      },
    };
    const tenant = cacheRig(undefined, { cache: { ...options, scope: () => 'shared' } });
    const all = cacheRig(undefined, { cache: { ...options, scope: 'shared' } });
    await tenant.chat();
    expect((await all.chat()).meta.cache).toBe('miss');
    expect(store.size).toBe(2);
  });

  test('one tenant with two upstream credentials has two answers (S16)', async () => {
    const clock = virtualClock();
    let secret = 'a';
    const choose: Middleware = (call, next) =>
      next({ ...call, credential: new Credential(`sk-${secret}`, `pool#${secret}`) });
    const client = createClient({
      providers: [fakeProvider({ script: (_call, n) => say(`answer ${n}`) })],
      clock,
      middleware: [choose, cache({ scope: () => 'acme' })],
    });
    const ask = async () =>
      (await client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] })).text;
    expect(await ask()).toBe('answer 1');
    secret = 'b';
    expect(await ask()).toBe('answer 2');
    secret = 'a';
    expect(await ask()).toBe('answer 1');
  });
});

test('an answer of a cache further in is passed on as it is, and not kept a second time', async () => {
  const events: ChainEvent[] = [];
  const client = createClient({
    providers: [fakeProvider({ script: (_call, n) => say(`answer ${n}`) })],
    clock: virtualClock(),
    middleware: [
      cache({ scope: 'shared', ttlMs: 1 }),
      cache({ scope: 'shared', key: () => 'all' }),
    ],
  });
  const ask = (content: string) =>
    client.chat(
      { model: 'fake/m', messages: [{ role: 'user', content }] },
      { state: (state) => listen(state, (event) => events.push(event)) },
    );
  await ask('a');
  for (let i = 0; i < 2; i++) {
    const hit = await ask('b');
    expect(hit).toMatchObject({ text: 'answer 1', meta: { cache: 'hit' } });
  }
  const results = events
    .filter(({ type }) => type === 'cache')
    .map((event) => (event as { result?: string }).result);
  expect(results).toEqual(['miss', 'miss', 'miss', 'hit', 'miss', 'hit']);
});

test.each<[keyof CacheOptions, unknown]>([
  ['replayTiming', 'yes'],
  ['deterministicOnly', 1],
  ['toolCalls', 'no'],
  ['maxEntryBytes', -1],
])('%s: %j is refused when built', (param, value) => {
  expect(() => cache({ scope: 'shared', [param]: value })).toThrow(
    expect.objectContaining({ code: 'configuration', param }),
  );
});
