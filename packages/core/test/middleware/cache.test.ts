import {
  cacheResult,
  createClient,
  type Call,
  type CallOptions,
  type ChatEvent,
  type ChatInput,
  type Middleware,
  type State,
} from '@inferway/core';
import { cache, cacheMode, type CacheOptions } from '@inferway/core/caching';
import { memoryCache, type CacheStore } from '@inferway/core/stores';
import {
  accept,
  emit,
  fail,
  fakeProvider,
  result,
  say,
  settle,
  virtualClock,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;
type Input = Partial<ChatInput> & { readonly model?: `fake/${string}` };

function setUp(
  script: Script = (_call, n) => say(`answer ${n}`),
  options: Partial<CacheOptions> = {},
  inner: readonly Middleware[] = [],
) {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [cache({ scope: 'shared', ...options }), ...inner],
  });
  return {
    clock,
    provider,
    client,
    chat: (input: Input = {}, call?: CallOptions) =>
      client.chat({ model: 'fake/m', messages, ...input }, call),
    stream: (input: Input = {}, call?: CallOptions) =>
      client.chat.stream({ model: 'fake/m', messages, ...input }, call),
  };
}

describe('a second call', () => {
  test('is answered from the first, at no cost, with the usage of the answer', async () => {
    const { chat, provider } = setUp();
    const first = await chat();
    const second = await chat();
    expect(first.meta.cache).toBe('miss');
    expect(second.meta.cache).toBe('hit');
    expect(second.text).toBe('answer 1');
    expect(second.usage).toEqual(first.usage);
    expect(second.cost).toEqual({ known: true, total: 0, source: 'price' });
    expect(provider.attempts.length).toBe(1);
  });

  test.each([
    ['unary', 'unary'],
    ['unary', 'stream'],
    ['stream', 'unary'],
    ['stream', 'stream'],
  ])('one entry serves %s then %s', async (...shapes) => {
    const { chat, stream, provider } = setUp();
    const texts: string[] = [];
    for (const shape of shapes) {
      if (shape === 'unary') texts.push((await chat()).text);
      else texts.push((await (await stream()).result).text);
    }
    expect(texts).toEqual(['answer 1', 'answer 1']);
    expect(provider.attempts.length).toBe(1);
  });

  test('is known as one to the layers around it, also while it goes on', async () => {
    let state: State | undefined;
    const call: CallOptions = { state: (given) => (state = given) };
    const { chat } = setUp(undefined, {}, [
      (inner, next) => {
        expect(inner.state.get(cacheResult)).not.toBe('hit');
        return next(inner);
      },
    ]);
    await chat({}, call);
    expect(state?.get(cacheResult)).toBe('miss');
    await chat({}, call);
    expect(state?.get(cacheResult)).toBe('hit');
    await chat({}, { state: (given) => (state = given).set(cacheMode, 'bypass') });
    expect(state?.get(cacheResult)).toBe('bypass');
  });

  test('that streams tells its cost and usage at its end', async () => {
    const { chat, stream } = setUp();
    await chat();
    const hit = await stream();
    expect(hit.meta.cache).toBe('hit');
    await hit.text;
    expect(hit.cost).toEqual({ known: true, total: 0, source: 'price' });
    expect(hit.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
  });

  test('says who had answered, but nothing of an exchange that it did not have', async () => {
    const { chat } = setUp([
      accept({ requestId: 'req-1', status: 200, headers: { a: 'b' }, servedBy: 'together' }),
      ...say('x').slice(1),
    ]);
    const first = await chat();
    expect(first.meta.requestId).toBe('req-1');
    expect((await chat()).meta).toEqual({
      provider: 'fake',
      model: 'm',
      servedBy: 'together',
      cache: 'hit',
      cached: {
        kind: 'exact',
        stale: false,
        ageMs: 0,
        saved: { known: false, reason: 'no-price' },
      },
    });
  });

  test('cannot change what is stored', async () => {
    const { chat } = setUp();
    await chat();
    const hit = await chat();
    (hit.message.content as unknown as { text: string }[])[0]!.text = 'tampered';
    expect((await chat()).text).toBe('answer 1');
  });

  test('cannot be changed by what the first caller does with his answer', async () => {
    const { chat } = setUp();
    const first = await chat();
    (first.message.content as unknown as { text: string }[])[0]!.text = 'tampered';
    expect((await chat()).text).toBe('answer 1');
  });
});

describe('whose answer it is', () => {
  const tenant = (name: string | undefined): CallOptions => ({
    state: (state) => tenants.set(state, name),
  });
  const tenants = new WeakMap<object, string | undefined>();
  const scope = (call: Call): string | undefined => tenants.get(call.state);

  test('one scope never sees the answer of another (S16)', async () => {
    const { chat } = setUp(undefined, { scope });
    const texts = [];
    for (const name of ['a', 'b', 'a', 'b']) texts.push((await chat({}, tenant(name))).text);
    expect(texts).toEqual(['answer 1', 'answer 2', 'answer 1', 'answer 2']);
  });

  test('a call without a scope is a mistake of the set-up, and is not sent', async () => {
    for (const none of [undefined, '']) {
      const { chat, provider } = setUp(undefined, { scope });
      expect((await errorOf(chat({}, tenant(none)))).code).toBe('configuration');
      expect(provider.attempts).toEqual([]);
    }
  });

  test('a cache without a scope is refused when built', () => {
    expect(() => cache({} as CacheOptions)).toThrow(
      expect.objectContaining({ code: 'configuration', param: 'scope' }),
    );
    expect(() => cache({ scope: 'tenant-1' as never })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  test('a scope cannot be forged by one that holds the separator of the key', async () => {
    const { chat } = setUp(undefined, { scope });
    await chat({}, tenant('a","chat'));
    expect((await chat({}, tenant('a'))).text).toBe('answer 2');
  });
});

describe('what must be equal', () => {
  test.each<[string, Input]>([
    ['another model', { model: 'fake/other' }],
    ['another setting', { temperature: 0.5 }],
    ['another text', { messages: [{ role: 'user', content: 'ho' }] }],
    ['another role', { messages: [{ role: 'system', content: 'hi' }] }],
    ['another tool', { tools: [{ name: 'f' }] }],
    ['another user', { user: 'u' }],
  ])('%s is another answer', async (_name, other) => {
    const { chat, provider } = setUp();
    await chat();
    await chat(other);
    expect(provider.attempts.length).toBe(2);
  });

  test('the order of members and what is undefined play no part', async () => {
    const { chat, provider } = setUp();
    await chat({ temperature: 1, topP: 0.5 });
    await chat({ topP: 0.5, temperature: 1, seed: undefined });
    expect(provider.attempts.length).toBe(1);
  });

  test('a key of one’s own takes the place of the request, and of nothing else', async () => {
    const { chat, provider } = setUp(undefined, {
      key: (call) => (call.operation === 'chat' ? call.request.messages : call.request),
    });
    await chat({ metadata: { trace: '1' } });
    await chat({ metadata: { trace: '2' } });
    expect(provider.attempts.length).toBe(1);
    await chat({ model: 'fake/other' });
    expect(provider.attempts.length).toBe(2);
  });

  test('a request that JSON cannot hold goes past the cache', async () => {
    const { chat, provider } = setUp();
    const odd = { providerOptions: { fake: { callback: () => 1 } } };
    expect((await chat(odd)).meta.cache).toBe('bypass');
    await chat(odd);
    expect(provider.attempts.length).toBe(2);
  });
});

describe('one call may say', () => {
  const mode = (value: 'bypass' | 'refresh'): CallOptions => ({
    state: (state) => state.set(cacheMode, value),
  });

  test('bypass: neither read nor store', async () => {
    const { chat } = setUp();
    const past = await chat({}, mode('bypass'));
    expect(past.meta.cache).toBe('bypass');
    expect((await chat()).text).toBe('answer 2');
    expect((await chat({}, mode('bypass'))).text).toBe('answer 3');
    expect((await chat()).text).toBe('answer 2');
  });

  test('refresh: do not read, but store', async () => {
    const { chat } = setUp();
    await chat();
    const fresh = await chat({}, mode('refresh'));
    expect(fresh).toMatchObject({ text: 'answer 2', meta: { cache: 'miss' } });
    expect((await chat()).text).toBe('answer 2');
  });
});

describe('time', () => {
  test('an entry lives for its time and no longer', async () => {
    const { chat, clock } = setUp(undefined, { ttlMs: 1000 });
    await chat();
    await clock.advance(999);
    expect((await chat()).text).toBe('answer 1');
    await clock.advance(1);
    expect((await chat()).text).toBe('answer 2');
  });

  test('a stream is recorded without being delayed', async () => {
    const { stream, clock } = setUp([
      accept(),
      ...say('a b').slice(1, 4),
      wait(1000),
      ...say('a b').slice(4),
    ]);
    const opened = await stream();
    const first: ChatEvent[] = [];
    const reading = (async () => {
      for await (const event of opened) first.push(event);
    })();
    await settle();
    expect(first.length).toBe(3);
    await clock.advance(1000);
    await reading;
    expect((await (await stream()).result).text).toBe('a b');
  });
});

describe('a store', () => {
  const storing = (store: Partial<CacheStore>): CacheStore => ({
    get: () => undefined,
    set: () => {},
    delete: () => {},
    ...store,
  });
  const broken = (): never => {
    throw new Error('store down');
  };

  test.each<[string, Partial<CacheStore>]>([
    ['that throws', { get: broken, set: broken }],
    ['that rejects', { get: async () => broken(), set: async () => broken() }],
    ['that gives nonsense', { get: () => '{"oops' }],
    ['that gives something else', { get: () => '{"meta":{}}' }],
    ['that gives null', { get: () => 'null' }],
    [
      'that gives an entry without an answer',
      { get: () => '{"meta":{"provider":"p","model":"m"}}' },
    ],
  ])('%s is a miss and never a failure', async (_name, store) => {
    const { chat, stream } = setUp(undefined, { store: storing(store) });
    expect((await chat()).text).toBe('answer 1');
    expect((await (await stream()).result).text).toBe('answer 2');
  });

  test('that hangs is waited for 100 ms', async () => {
    const { chat, clock } = setUp(undefined, {
      store: storing({ get: () => new Promise(() => {}) }),
    });
    const call = chat();
    await clock.advance(99);
    await clock.advance(1);
    expect((await call).meta.cache).toBe('miss');
    expect(clock.timers).toBe(0);
  });

  test('gets a short key without user data, text, and the time to live', async () => {
    const calls: unknown[][] = [];
    const { chat } = setUp(undefined, {
      ttlMs: 5000,
      store: storing({ set: (...given) => void calls.push(given) }),
    });
    await chat({ messages: [{ role: 'user', content: 'a very private question' }] });
    expect(calls).toEqual([
      [expect.stringMatching(/^[\w-]{43}$/u), expect.stringContaining('answer 1'), 5000],
    ]);
    expect(calls[0]?.[1]).not.toContain('private');
  });

  test('may be shared by two clients', async () => {
    const store = memoryCache();
    const one = setUp(undefined, { store });
    const two = setUp(undefined, { store });
    await one.chat();
    expect((await two.chat()).meta.cache).toBe('hit');
  });
});

describe('an operation without traits', () => {
  test('is cached for each shape on its own', async () => {
    const provider = fakeProvider({
      operations: ['embed'],
      script: [result({ embeddings: [[1, 2]] })],
    });
    const client = createClient({
      providers: [provider],
      middleware: [cache({ scope: 'shared' })],
    });
    await client.embed({ model: 'fake/m', input: 'x' });
    const hit = await client.embed({ model: 'fake/m', input: 'x' });
    expect(hit).toMatchObject({ embeddings: [[1, 2]], meta: { cache: 'hit' } });
    await client.embed({ model: 'fake/m', input: 'y' });
    expect(provider.attempts.length).toBe(2);
  });
});

describe('options that cannot work are refused when built', () => {
  test.each<Partial<CacheOptions>>([
    { ttlMs: 0 },
    { ttlMs: Number.NaN },
    { maxEntries: 0 },
    { maxBytes: -1 },
    { storeTimeoutMs: 0 },
    { store: memoryCache(), maxEntries: 5 },
  ])('%j', (options) => {
    expect(() => cache({ scope: 'shared', ...options })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});

test('a stream that fails in the middle of a recording leaves nothing of it behind', async () => {
  const { stream, chat } = setUp((_call, n) =>
    n === 1
      ? [accept(), emit({ type: 'text-delta', index: 0, text: 'x' }), fail('connection')]
      : say('whole'),
  );
  await errorOf((await stream()).result);
  expect((await chat()).text).toBe('whole');
});
