import { createClient, listen, type ChainEvent, type ChatRequest } from '@inferway/core';
import { cache, promptCache, type PromptCacheOptions } from '@inferway/core/caching';
import { priceTable, standard } from '@inferway/core/middleware';
import { fail, fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { long, markers, send, system, user } from './rig.js';

describe('providers that cache by themselves', () => {
  const request: ChatRequest = { tools: [{ name: 'f' }], messages: [system(long), user('hi')] };

  test('get one key for one prefix of one tenant, and no markers', async () => {
    const keyOf = async (given: ChatRequest, tenant?: string): Promise<string | undefined> => {
      const sent = await send(given, 'key', tenant === undefined ? {} : { tenant });
      expect(markers(sent.request)).toEqual([]);
      return sent.request.promptCacheKey;
    };
    const key = await keyOf(request);
    expect(key).toMatch(/^[\w-]{32}$/u);
    expect(await keyOf({ ...request, messages: [system(long), user('another')] })).toBe(key);
    expect(await keyOf({ ...request, messages: [system(`${long}!`), user('hi')] })).not.toBe(key);
    expect(await keyOf({ ...request, tools: [{ name: 'g' }] })).not.toBe(key);
    expect(await keyOf(request, 'acme')).not.toBe(key);
    expect(await keyOf(request, 'acme')).not.toBe(await keyOf(request, 'globex'));
    expect(await keyOf({ ...request, promptCacheKey: 'mine' })).toBe('mine');
    expect(await keyOf({ messages: [system('short'), user(long)] })).toBeUndefined();
  });

  test('are left alone where nobody named them, or only watched', async () => {
    expect((await send(request, 'watch')).request).toEqual(request);
    const provider = fakeProvider({ name: 'other', script: say('x') });
    const client = createClient({
      providers: [provider],
      middleware: [promptCache({ providers: { fake: 'markers' } })],
    });
    await client.chat({ model: 'other/m', messages: request.messages });
    expect(provider.attempts[0]?.call.request).toEqual({ messages: request.messages });
  });

  test('may be told by a function, for some models alone', async () => {
    const provider = fakeProvider({ script: say('x') });
    const client = createClient({
      providers: [provider],
      middleware: [
        promptCache({ providers: ({ model }) => (model.id === 'a' ? 'markers' : undefined) }),
      ],
    });
    for (const model of ['fake/a', 'fake/b'] as const)
      await client.chat({ model, messages: request.messages });
    expect(
      provider.attempts.map(({ call }) => markers(call.request as ChatRequest).length),
    ).toEqual([1, 0]);
  });
});

describe('what it saved', () => {
  const prices = priceTable({
    'fake/*': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  });
  const request: ChatRequest = { messages: [user('hi')] };

  test('is what was read times the difference of both prices; what writing cost more is told beside it', async () => {
    const usage = {
      inputTokens: 10_000,
      outputTokens: 5,
      cacheReadTokens: 8000,
      cacheWriteTokens: 1000,
    };
    const { events } = await send(request, 'markers', { prices, usage });
    expect(events).toEqual([
      {
        type: 'prompt-cache',
        markers: 0,
        readTokens: 8000,
        writtenTokens: 1000,
        savedNanoUsd: 8000 * 2700,
        surchargeNanoUsd: 1000 * 750,
      },
    ]);
  });

  test.each([
    ['without prices', undefined, { inputTokens: 10, outputTokens: 1, cacheReadTokens: 5 }, 5],
    [
      'without a price of the model',
      priceTable({ 'other/*': { input: 1, output: 1 } }),
      { inputTokens: 10, outputTokens: 1, cacheReadTokens: 5 },
      5,
    ],
    ['without usage', prices, undefined, undefined],
    [
      'where the provider tells nothing of its cache',
      prices,
      { inputTokens: 10, outputTokens: 1 },
      undefined,
    ],
  ] as const)('is unknown %s, and not 0', async (_what, book, usage, readTokens) => {
    const { events } = await send(request, 'watch', {
      prices: book,
      ...(usage === undefined ? {} : { usage }),
    });
    expect(events.length).toBe(1);
    expect(events[0]).toMatchObject({ type: 'prompt-cache', markers: 0 });
    expect({ readTokens: undefined, savedNanoUsd: undefined, ...events[0] }).toMatchObject({
      readTokens,
      savedNanoUsd: undefined,
    });
  });
});

test('what is saved is priced as the chain’s own cost does it', async () => {
  const events: ChainEvent[] = [];
  const counted = { inputTokens: 2000, outputTokens: 1, cacheReadTokens: 1000 };
  const client = createClient({
    providers: [fakeProvider({ script: say('x', { usage: counted }) })],
    middleware: standard({
      promptCache: promptCache({ providers: { fake: 'watch' } }),
      cost: { prices: priceTable({ 'fake/*': { input: 1, output: 1, cacheRead: 0.1 } }) },
    }),
  });
  await client.chat(
    { model: 'fake/m', messages: [user('hi')] },
    { state: (state) => listen(state, (event) => events.push(event)) },
  );
  expect(events.find(({ type }) => type === 'prompt-cache')).toMatchObject({
    savedNanoUsd: 1000 * 900,
  });
});

test('each target is served in its own way, and the exact cache knows nothing of it', async () => {
  const anthropic = fakeProvider({ name: 'anthropic', script: [fail('overloaded')] });
  const openai = fakeProvider({ name: 'openai', script: say('x') });
  const sets: string[] = [];
  const stores = {
    get: () => undefined,
    set: (key: string) => void sets.push(key),
    delete: () => {},
  };
  const ask = async (layers: PromptCacheOptions['providers']): Promise<void> => {
    const client = createClient({
      providers: [anthropic, openai],
      clock: virtualClock(),
      middleware: standard({
        cache: cache({ scope: 'shared', store: stores }),
        fallback: { targets: ['openai/b'] },
        retry: false,
        promptCache: promptCache({ providers: layers }),
      }),
    });
    await client.chat({ model: 'anthropic/a', messages: [system(long), user('hi')] });
  };
  await ask({ anthropic: 'markers', openai: 'key' });
  const [first] = anthropic.attempts;
  const [second] = openai.attempts;
  expect(markers(first?.call.request as ChatRequest)).toEqual(['0.0']);
  expect(second?.call.request).toMatchObject({
    messages: [system(long), user('hi')],
    promptCacheKey: expect.any(String),
  });
  await ask({});
  expect(sets.length).toBe(2);
  expect(sets[0]).toBe(sets[1]);
});

describe('rules that cannot work are refused when built', () => {
  test.each<[string, unknown]>([
    ['providers', undefined],
    ['providers', { fake: 'always' }],
    ['providers', { fake: { how: undefined } }],
    ['minTokens', { fake: { how: 'markers', minTokens: -1 } }],
    ['maxMarkers', { fake: { how: 'markers', maxMarkers: 0 } }],
    ['ttl', { fake: { how: 'markers', ttl: '2h' } }],
    ['conversationTtl', { fake: { how: 'markers', conversationTtl: '1h' } }],
    ['conversationTtl', { fake: { how: 'markers', ttl: '5m', conversationTtl: '1h' } }],
  ])('%s: %j', (param, providers) => {
    expect(() => promptCache({ providers } as PromptCacheOptions)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });

  test('prices that are none', () => {
    expect(() => promptCache({ providers: {}, prices: {} as never })).toThrow(
      expect.objectContaining({ param: 'prices' }),
    );
  });
});
