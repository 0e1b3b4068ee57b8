import {
  attemptBudget,
  callId,
  InferwayError,
  listen,
  type CallOptions,
  type ChainEvent,
  type ChatInput,
  type Middleware,
  type State,
} from '@inferway/core';
import { cache, cacheMode, coalesce, type CoalesceOptions } from '@inferway/core/caching';
import { cost, priceTable, retry } from '@inferway/core/middleware';
import { fail, ignoreCancel, say, settle, stall, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { as, messages, setUp, tenant } from './coalesce-rig.js';

describe('unary calls', () => {
  test('that ask the same at once are asked once, and all get the answer', async () => {
    const { clock, provider, chat } = setUp();
    const calls = [chat(), chat(), chat()];
    await clock.advance(100);
    const answers = await Promise.all(calls);
    expect(answers.map(({ text }) => text)).toEqual(Array(3).fill('one two three'));
    expect(provider.attempts).toHaveLength(1);
    expect(answers.map(({ meta }) => meta.coalesced)).toEqual([undefined, true, true]);
    expect(clock.timers).toBe(0);
  });

  test('get answers of their own, which they may change', async () => {
    const { clock, chat } = setUp();
    const calls = [chat(), chat()];
    await clock.advance(100);
    const [first, second] = await Promise.all(calls);
    const parts = first?.message.content as unknown[];
    parts.length = 0;
    expect(second?.message.content).toHaveLength(1);
  });

  test('that come after the answer ask again: nothing is kept', async () => {
    const { clock, provider, chat } = setUp();
    for (let n = 1; n <= 2; n++) {
      const call = chat();
      await clock.advance(100);
      await call;
      expect(provider.attempts).toHaveLength(n);
    }
  });

  test('the first pays, the others cost nothing; their meta tells nothing of its exchange', async () => {
    const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
    const { clock, chat } = setUp(undefined, {}, [cost({ prices })]);
    const calls = [chat(), chat()];
    await clock.advance(100);
    const [first, second] = await Promise.all(calls);
    expect(first?.cost).toMatchObject({ known: true, total: 13_000 });
    expect(second?.cost).toEqual({ known: true, total: 0, source: 'price' });
    expect(second?.usage).toEqual(first?.usage);
    expect(first?.meta.attempts).toHaveLength(1);
    expect(Object.keys(second?.meta ?? {}).toSorted()).toEqual(
      ['coalesced', 'model', 'provider', 'requestId', 'servedBy', 'warnings'].toSorted(),
    );
  });

  test('a failure ends all, each with an error of its own, and is not kept', async () => {
    const { clock, provider, chat } = setUp((_call, n) =>
      n === 1 ? [wait(10), fail('server')] : say('well'),
    );
    const calls = [errorOf(chat()), errorOf(chat()), errorOf(chat())];
    await clock.advance(10);
    const errors = await Promise.all(calls);
    expect(errors.map(({ code }) => code)).toEqual(['server', 'server', 'server']);
    expect(new Set(errors).size).toBe(3);
    expect(errors.map(({ attempts }) => attempts?.length)).toEqual([1, 0, 0]);
    expect((await chat()).text).toBe('well');
    expect(provider.attempts).toHaveLength(2);
  });

  test('what refuses the first for a reason of its own lets the others begin again', async () => {
    let refused = 0;
    const poor: Middleware = async (call, next) => {
      await settle();
      if (call.state.get(tenant) !== 'poor') return next(call);
      refused++;
      throw new InferwayError('budget', { message: 'Used up.' });
    };
    const { clock, provider, chat } = setUp(undefined, {}, [poor]);
    const first = errorOf(chat({ state: as('poor') }));
    const others = [chat({ state: as('rich') }), chat({ state: as('rich') })];
    expect((await first).code).toBe('budget');
    // The others pass the layer that refused.
    for (let turn = 0; turn < 5; turn++) await settle();
    await clock.advance(100);
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual([
      'one two three',
      'one two three',
    ]);
    expect([refused, provider.attempts.length]).toEqual([1, 1]);
  });
});

describe('whoever leaves', () => {
  test('does not disturb the others, the first one included', async () => {
    const { clock, provider, chat } = setUp();
    const { controller, signal, count } = countingSignal();
    const first = errorOf(chat({ signal }));
    const second = chat();
    await clock.advance(50);
    controller.abort();
    expect((await first).code).toBe('aborted');
    expect(provider.open).toBe(1);
    await clock.advance(50);
    expect((await second).text).toBe('one two three');
    expect(count()).toBe(0);
  });

  test('last cancels the provider, also where it does not listen', async () => {
    for (const script of [[stall()], [ignoreCancel(), stall()]] as const) {
      const { provider, chat } = setUp(script);
      const controllers = [new AbortController(), new AbortController()];
      const calls = controllers.map(({ signal }) => errorOf(chat({ signal })));
      await settle();
      controllers[0]?.abort();
      await settle();
      expect(provider.attempts[0]?.cancelled).toBeUndefined();
      controllers[1]?.abort();
      expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(['aborted', 'aborted']);
      await settle();
      expect(provider.attempts[0]?.cancelled?.code).toBe('aborted');
    }
  });

  test('before it began asks nobody', async () => {
    const { client, provider } = setUp();
    const failed = errorOf(
      client.chat({ model: 'fake/m', messages }, { signal: AbortSignal.abort() }),
    );
    expect((await failed).code).toBe('aborted');
    expect(provider.attempts).toHaveLength(0);
  });

  test('leaves no flight behind: the next call asks for itself', async () => {
    const { clock, provider, chat } = setUp();
    const controller = new AbortController();
    const left = errorOf(chat({ signal: controller.signal }));
    await settle();
    controller.abort();
    await left;
    const call = chat();
    await clock.advance(100);
    await call;
    expect(provider.attempts).toHaveLength(2);
  });
});

describe('deadlines', () => {
  test('are each caller’s own: the shared call lives as long as one has time', async () => {
    const { clock, chat } = setUp();
    const short = errorOf(chat({ timeoutMs: 40 }));
    const shorter = errorOf(chat({ timeoutMs: 20 }));
    const long = chat({ timeoutMs: 1000 });
    await clock.advance(40);
    expect((await short).code).toBe('timeout');
    expect((await shorter).code).toBe('timeout');
    await clock.advance(60);
    expect((await long).text).toBe('one two three');
    expect(clock.timers).toBe(0);
  });

  test('of the only caller still stops retries that could not help it', async () => {
    const { chat, clock } = setUp([fail('server')], {}, [retry({ baseMs: 1000, maxMs: 2000 })]);
    const alone = errorOf(chat({ timeoutMs: 1 }));
    await settle();
    expect((await alone).code).toBe('server');
    const [first, second] = [errorOf(chat({ timeoutMs: 1 })), errorOf(chat())];
    await clock.advance(10_000);
    expect((await first).code).toBe('timeout');
    expect((await second).code).toBe('server');
  });

  test('and attempts of the first are not the others’', async () => {
    const budgets: number[] = [];
    const outer: Middleware = async (call, next) => {
      const reply = await next(call);
      budgets.push(attemptBudget(call.state).made.length);
      return reply;
    };
    const { clock, chat } = setUp(undefined, {}, [], [outer]);
    const calls = [chat(), chat()];
    await clock.advance(100);
    await Promise.all(calls);
    expect(budgets).toEqual([1, 0]);
  });
});

describe('what is never shared', () => {
  test.each<[string, CallOptions | undefined, Partial<ChatInput>, CallOptions | undefined]>([
    ['another question', undefined, { temperature: 1 }, undefined],
    ['a call that bypasses caches', { state: (s) => s.set(cacheMode, 'bypass') }, {}, undefined],
    [
      'a call that wants a fresh answer',
      { state: (s) => s.set(cacheMode, 'refresh') },
      {},
      undefined,
    ],
  ])('%s', async (_what, options, more, first) => {
    const { clock, provider, chat } = setUp();
    const calls = [chat(first), chat(options, more)];
    await clock.advance(100);
    await Promise.all(calls);
    expect(provider.attempts).toHaveLength(2);
  });

  test('requests with tools, unless told so', async () => {
    const tools = [{ name: 't' }];
    for (const toolCalls of [false, true]) {
      const { clock, provider, client } = setUp(undefined, { toolCalls });
      const send = () =>
        client.send('chat', { messages, tools }, { model: 'fake/m', stream: false });
      const calls = [send(), send()];
      await clock.advance(100);
      await Promise.all(calls);
      expect(provider.attempts).toHaveLength(toolCalls ? 1 : 2);
    }
  });

  test('calls of two scopes, also where one is named like the common one', async () => {
    const { clock, provider, chat } = setUp(
      (call) => [wait(10), ...say(`for ${call.state.get(tenant)}`)],
      { scope: (call) => call.state.get(tenant) },
    );
    const calls = ['a', 'b', 'a', 'shared'].map((name) => chat({ state: as(name) }));
    await clock.advance(10);
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual([
      'for a',
      'for b',
      'for a',
      'for shared',
    ]);
    expect(provider.attempts).toHaveLength(3);
    expect(await errorOf(chat())).toMatchObject({ code: 'configuration', param: 'scope' });
  });

  test('a unary call with a stream', async () => {
    const { clock, provider, chat, stream } = setUp();
    const calls = [chat(), stream()] as const;
    await clock.advance(100);
    expect((await calls[0]).text).toBe('one two three');
    expect(await (await calls[1]).text).toBe('one two three');
    expect(provider.attempts).toHaveLength(2);
  });
});

test('inside of a cache: all miss, one asks, and the answer is there for the next', async () => {
  const { clock, provider, chat } = setUp(undefined, {}, [], [cache({ scope: 'shared' })]);
  const calls = [chat(), chat()];
  await clock.advance(100);
  expect((await Promise.all(calls)).map(({ meta }) => meta.cache)).toEqual(['miss', 'miss']);
  expect((await chat()).meta.cache).toBe('hit');
  expect(provider.attempts).toHaveLength(1);
});

test('who joins says so', async () => {
  const { clock, chat } = setUp();
  const events: ChainEvent[] = [];
  const state = (of: State): void => listen(of, (event) => events.push(event));
  const first = (of: State): void => of.set(callId, 'first');
  const calls = [chat({ state: first }), chat({ state }), chat({ state })];
  await clock.advance(100);
  await Promise.all(calls);
  expect(events).toEqual([
    { type: 'coalesced', callers: 2, leader: 'first' },
    { type: 'coalesced', callers: 3, leader: 'first' },
  ]);
});

test.each<[string, unknown]>([
  ['scope', {}],
  ['scope', { scope: 'tenant' }],
  ['maxBytes', { scope: 'shared', maxBytes: 0 }],
  ['maxBytes', { scope: 'shared', maxBytes: Number.NaN }],
  ['maxTotalBytes', { scope: 'shared', maxTotalBytes: -1 }],
  ['maxTotalBytes', { scope: 'shared', maxBytes: 100, maxTotalBytes: 10 }],
  ['toolCalls', { scope: 'shared', toolCalls: 'yes' }],
])('a bad %s is refused when it is built', async (param, options) => {
  const error = await errorOf((async () => coalesce(options as CoalesceOptions))());
  expect(error).toMatchObject({ code: 'configuration', param });
  expect(error.message).toMatch(/^coalesce/u);
});
