import { cacheResult, createClient, usd } from '@inferway/core';
import { cache, cacheMode, cacheTtl } from '@inferway/core/caching';
import { memoryCache } from '@inferway/core/stores';
import { memoryVectors, semanticCache } from '@inferway/core/semantic';
import {
  fail,
  fakeProvider,
  result,
  say,
  settle,
  usage,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import type { Input } from '../cache/rig.js';
import { semanticRig } from './rig.js';

describe('a question that means the same', () => {
  test('has the answer of the other, at no cost, and says how near it was', async () => {
    const vectors: Record<string, number[]> = {
      'how tall is it': [1, 0],
      'what is its height': [0.99, 0.1],
    };
    const { ask, provider, told, clock } = semanticRig({
      embed: async (text) => vectors[text] as number[],
    });
    await ask('how tall is it');
    await clock.advance(40);
    const hit = await ask('what is its height');
    expect(hit).toMatchObject({ text: 'answer 1', cost: { known: true, total: 0 } });
    const similarity = 0.99 / Math.hypot(0.99, 0.1);
    expect(hit.meta).toMatchObject({
      cache: 'hit',
      cached: { kind: 'semantic', stale: false, ageMs: 40, saved: { known: false } },
    });
    expect(hit.meta.cached?.similarity).toBeCloseTo(similarity, 5);
    expect(told('cache').map((event) => ({ ...event, similarity: undefined }))).toEqual([
      { type: 'cache', kind: 'semantic', result: 'miss' },
      { type: 'cache', kind: 'semantic', result: 'hit', ageMs: 40 },
    ]);
    expect(provider.attempts.length).toBe(1);
  });

  test('is served in either shape', async () => {
    const { ask, stream, provider } = semanticRig();
    expect(await (await stream('one thing')).text).toBe('answer 1');
    const again = await stream('one subject');
    expect(again.meta.cache).toBe('hit');
    expect(await again.text).toBe('answer 1');
    expect((await ask('that thing')).text).toBe('answer 1');
    expect(provider.attempts.length).toBe(1);
  });

  test('must be near enough', async () => {
    let vector = [1, 0];
    const { ask } = semanticRig({ embed: async () => vector, threshold: 0.9, verify: false });
    await ask('first');
    const at = (cosine: number): number[] => [cosine, Math.sqrt(1 - cosine ** 2)];
    vector = at(0.89);
    expect((await ask('second')).meta.cache).toBe('miss');
    vector = at(0.95);
    expect((await ask('third')).meta.cache).toBe('hit');
  });

  test('the nearest one counts', async () => {
    const vectors: Record<string, number[]> = { a: [1, 0.3], b: [1, 0.05], c: [1, 0] };
    const { ask } = semanticRig({ embed: async (text) => vectors[text] as number[] });
    await ask('a');
    await ask('b', {}, { state: (state) => state.set(cacheMode, 'refresh') });
    expect((await ask('c')).text).toBe('answer 2');
  });

  test('has it for the cache’s time, or the call’s own', async () => {
    const { ask, clock } = semanticRig({ ttlMs: 1000, verify: false });
    await ask('first');
    await clock.advance(1000);
    const own = await ask('second', {}, { state: (state) => state.set(cacheTtl, 5000) });
    expect(own.text).toBe('answer 2');
    await clock.advance(4999);
    expect((await ask('third')).text).toBe('answer 2');
    await clock.advance(1);
    expect((await ask('fourth')).text).toBe('answer 3');
  });
});

describe('what is never looked up', () => {
  const image = { type: 'image', image: { type: 'url', url: 'https://a.example/x.png' } } as const;
  test.each<[string, Input]>([
    [
      'an image',
      { messages: [{ role: 'user', content: [image, { type: 'text', text: 'what is it?' }] }] },
    ],
    [
      'a file',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'sum up' },
              { type: 'file', file: { type: 'text', text: 'x' } },
            ],
          },
        ],
      },
    ],
    ['nothing', { messages: [{ role: 'user', content: '' }] }],
    ['no messages', { messages: [] }],
    ['a question too long', { messages: [{ role: 'user', content: 'x'.repeat(4001) }] }],
    [
      'a conversation',
      {
        messages: [
          { role: 'user', content: 'first' },
          { role: 'assistant', content: 'yes' },
          { role: 'user', content: 'and the other?' },
        ],
      },
    ],
    [
      'a result of a tool',
      {
        messages: [
          { role: 'user', content: 'first' },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', id: '1', name: 'f', arguments: '{}' }],
          },
          { role: 'tool', content: [{ type: 'tool-result', id: '1', content: 'x' }] },
        ],
      },
    ],
  ])('%s', async (_what, input) => {
    const { ask, embedded } = semanticRig();
    expect((await ask('', input)).meta.cache).toBe('bypass');
    expect((await ask('', input)).meta.cache).toBe('bypass');
    expect(embedded).toEqual([]);
  });

  test('unless conversations are asked for: then all before the last text must be equal', async () => {
    const talk = (first: string, last: string): Input => ({
      messages: [
        { role: 'user', content: first },
        { role: 'assistant', content: 'yes' },
        { role: 'user', content: last },
      ],
    });
    const { ask } = semanticRig({ conversations: true });
    await ask('', talk('apples', 'and their colour'));
    expect((await ask('', talk('pears', 'and their colour'))).meta.cache).toBe('miss');
    expect((await ask('', talk('apples', 'and what colour'))).meta.cache).toBe('hit');
  });
});

describe('what is not kept', () => {
  test.each([
    ['a cut answer', 'length'],
    ['a filtered one', 'content-filter'],
  ] as const)('%s', async (_what, unified) => {
    const cut = [
      usage({ outputTokens: 1 }),
      result({
        message: { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
        finishReason: { unified },
      }),
    ];
    const { ask } = semanticRig({}, cut);
    await ask('hi');
    expect((await ask('hi')).meta.cache).toBe('miss');
  });

  test('a failure, and a bypass, which does not embed either', async () => {
    const { ask, embedded, provider } = semanticRig({}, (_call, n) =>
      n === 1 ? [fail('server')] : say(`answer ${n}`),
    );
    await errorOf(ask('hi'));
    expect(embedded.length).toBe(1);
    await ask('hi', {}, { state: (state) => state.set(cacheMode, 'bypass') });
    expect(embedded.length).toBe(1);
    expect((await ask('hi')).meta.cache).toBe('miss');
    expect(provider.attempts.length).toBe(3);
  });
});

describe('beside an exact cache', () => {
  test('it is the inner one; what it found is not kept as an exact answer', async () => {
    const store = memoryCache();
    let kept = 0;
    const exact = cache({
      scope: 'shared',
      store: {
        ...store,
        set: (...given) => {
          kept++;
          return store.set(...given);
        },
      },
    });
    const { ask, provider, told } = semanticRig({}, undefined, [exact]);
    await ask('one thing');
    const similar = await ask('that thing');
    expect(similar.meta).toMatchObject({ cache: 'hit', cached: { kind: 'semantic' } });
    const same = await ask('one thing');
    expect(same.meta).toMatchObject({ cache: 'hit', cached: { kind: 'exact' } });
    expect(provider.attempts.length).toBe(1);
    expect(kept).toBe(1);
    expect(
      told('cache').map(
        (event) => `${(event as { kind?: string }).kind} ${(event as { result?: string }).result}`,
      ),
    ).toEqual(['exact miss', 'semantic miss', 'exact miss', 'semantic hit', 'exact hit']);
  });
});

describe('beside other caches', () => {
  test('what a cache further in has answered is in that one’s keeping', async () => {
    const store = memoryCache();
    let kept = 0;
    const counting = {
      ...store,
      set: (...given: Parameters<typeof store.set>) => {
        kept++;
        return store.set(...given);
      },
    };
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      clock: virtualClock(),
      middleware: [
        semanticCache({
          scope: 'shared',
          embed: async () => [1],
          store: counting,
          verify: () => false,
        }),
        cache({ scope: 'shared', key: () => 'all' }),
      ],
    });
    const ask = (content: string) =>
      client.chat({ model: 'fake/m', messages: [{ role: 'user', content }] });
    await ask('a');
    expect(kept).toBe(1);
    expect((await ask('b')).meta).toMatchObject({ cache: 'hit', cached: { kind: 'exact' } });
    expect(kept).toBe(1);
  });

  test('vectors of two spaces are never compared, whatever is shared', async () => {
    const shared = { store: memoryCache(), index: memoryVectors() };
    const inSpace = (space: string) =>
      semanticRig({ ...shared, embed: Object.assign(async () => [1, 0], { space }) });
    await inSpace('a').ask('hi');
    expect((await inSpace('b').ask('hi')).meta.cache).toBe('miss');
    expect((await inSpace('a').ask('hi')).meta.cache).toBe('hit');
  });

  test('what a cache around it found out stands where this one does not look', async () => {
    const found: unknown[] = [];
    const { ask } = semanticRig({ maxTextLength: 1 }, undefined, [
      async (call, next) => {
        const reply = await next(call);
        found.push(call.state.get(cacheResult));
        return reply as never;
      },
      cache({ scope: 'shared' }),
    ]);
    await ask('too long');
    const alone = semanticRig({ maxTextLength: 1 }, undefined, [
      async (call, next) => {
        const reply = await next(call);
        found.push(call.state.get(cacheResult));
        return reply as never;
      },
    ]);
    await alone.ask('too long');
    expect(found).toEqual(['miss', 'bypass']);
  });
});

test('what an embedding costs is told, and what nobody told of stays unknown', async () => {
  const cost = { known: true, total: usd(0.000_01), source: 'price' } as const;
  const { ask, told } = semanticRig({
    embed: async (text) => (text === 'a' ? { vector: [1], usage: { inputTokens: 3 }, cost } : [1]),
    verify: false,
  });
  await ask('a');
  await ask('b');
  expect(told('semantic-embed')).toEqual([
    { type: 'semantic-embed', result: 'done', ms: 0, costNanoUsd: 10_000, inputTokens: 3 },
    {
      type: 'semantic-embed',
      result: 'done',
      ms: 0,
      costNanoUsd: undefined,
      inputTokens: undefined,
    },
  ]);
});

test('a slow answer is kept when it is there, and events hold no text', async () => {
  const { ask, clock, told } = semanticRig({}, [wait(100), ...say('secret answer')]);
  const first = ask('secret question');
  await clock.advance(50);
  const second = ask('secret query');
  await clock.advance(100);
  await Promise.all([first, second]);
  await settle();
  expect((await ask('secret words')).meta.cache).toBe('hit');
  expect(JSON.stringify([told('cache'), told('semantic-embed')])).not.toContain('secret');
  expect(clock.timers).toBe(0);
});
