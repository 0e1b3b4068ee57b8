import {
  createClient,
  listen,
  type CallOptions,
  type ChainEvent,
  type ChatResult,
  type Middleware,
} from '@inferway/core';
import { guard, guardHook, type GuardHook } from '@inferway/core/guards';
import { cache } from '@inferway/core/caching';
import { cost, priceTable, retry } from '@inferway/core/middleware';
import {
  emit,
  fail,
  fakeProvider,
  say,
  virtualClock,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { chatSent } from './chat-sent.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

function setUp(script: Script, middleware: readonly Middleware[]) {
  const clock = virtualClock();
  const provider = fakeProvider({ name: 'a', script });
  const client = createClient({ providers: [provider], middleware, clock });
  const heard: ChainEvent[] = [];
  const call: CallOptions = { state: (state) => listen(state, (event) => heard.push(event)) };
  return { clock, client, provider, heard, call };
}

const denyBefore = guardHook('chat', {
  name: 'no-chat',
  before: () => ({ verdict: 'deny', reason: 'Chats are closed. Come back tomorrow.' }),
});
const denyAfter = guardHook('chat', {
  name: 'no-answer',
  after: () => ({ verdict: 'deny', reason: 'It may not be said.' }),
});
const shout = guardHook('chat', {
  name: 'shout',
  after: (result) => ({ verdict: 'replace', result: said(result, (text) => text.toUpperCase()) }),
});

function said(result: ChatResult, change: (text: string) => string): ChatResult {
  const content = result.message.content.map((part) =>
    part.type === 'text' ? { ...part, text: change(part.text) } : part,
  );
  return { ...result, message: { ...result.message, content } };
}

describe('requests', () => {
  test('that are denied are never sent, and the error names the guard', async () => {
    const { client, provider, heard, call } = setUp(say('hello'), [guard(denyBefore), retry()]);
    const error = await errorOf(client.chat({ model: 'a/x', messages }, call));
    expect(error).toMatchObject({
      code: 'content_filter',
      retryable: false,
      fallbackable: false,
      sent: 'no',
      providerCode: 'guard:no-chat',
    });
    expect(error.message).toContain('"no-chat" denied the request: Chats are closed.');
    expect(provider.attempts).toHaveLength(0);
    expect(heard).toEqual([{ type: 'guard', hook: 'no-chat', on: 'request', verdict: 'deny' }]);
  });

  test('pass the hooks in their order, each seeing what the one before made', async () => {
    const add = (word: string): GuardHook =>
      guardHook('chat', {
        name: word,
        before: ({ request }) => ({
          verdict: 'replace',
          request: {
            ...request,
            messages: [...request.messages, { role: 'user' as const, content: word }],
          },
        }),
      });
    const { client, provider } = setUp(say('hello'), [guard(add('one'), add('two'))]);
    await client.chat({ model: 'a/x', messages });
    const sent = chatSent(provider).messages.map(({ content }) => content);
    expect(sent).toEqual(['hi', 'one', 'two']);
  });

  test('a hook that breaks lets nothing pass', async () => {
    const broken: GuardHook = {
      name: 'broken',
      before() {
        throw new TypeError('no');
      },
    };
    const { client, provider } = setUp(say('hello'), [guard(broken)]);
    expect((await errorOf(client.chat({ model: 'a/x', messages }))).code).toBe('internal');
    expect(provider.attempts).toHaveLength(0);
  });

  test('of other operations do not meet a hook that is not for them', async () => {
    const onlyEmbed: GuardHook = { ...denyBefore, operations: ['embed'] };
    const { client } = setUp(say('hello'), [guard(onlyEmbed)]);
    expect((await client.chat({ model: 'a/x', messages })).text).toBe('hello');
  });
});

describe('answers', () => {
  const prices = priceTable({ 'a/x': { input: 1, output: 1 } });

  test.each([false, true])('that are denied are not given, streamed: %s', async (stream) => {
    const { client } = setUp(say('the secret'), [guard(denyAfter)]);
    const chat = stream ? client.chat.stream : client.chat;
    const error = await errorOf(chat({ model: 'a/x', messages }));
    expect(error.code).toBe('content_filter');
    expect(error.message).not.toContain('the secret');
    expect(JSON.stringify(error)).not.toContain('the secret');
    expect(error.partial).toBeUndefined();
    // It was paid for all the same.
    expect(error.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
  });

  test('are replaced in both shapes, with usage and cost as they were', async () => {
    const { client } = setUp(say('hello there'), [guard(shout), cost({ prices })]);
    const answer = await client.chat({ model: 'a/x', messages });
    const stream = await client.chat.stream({ model: 'a/x', messages });
    const streamed = await stream.result;
    for (const one of [answer, streamed]) {
      expect(one.text).toBe('HELLO THERE');
      expect(one.usage).toEqual({ inputTokens: 10, outputTokens: 2 });
      expect(one.cost).toEqual({ known: true, total: 12_000, source: 'price' });
    }
  });

  test('out of a cache are checked, too', async () => {
    const layers = (hook: GuardHook): readonly Middleware[] => [guard(hook), store];
    const store = cache({ scope: 'shared' });
    const provider = fakeProvider({ name: 'a', script: say('hello') });
    const ask = (hook: GuardHook) =>
      createClient({ providers: [provider], middleware: layers(hook) }).chat({
        model: 'a/x',
        messages,
      });
    expect((await ask(shout)).text).toBe('HELLO');
    expect((await errorOf(ask(denyAfter))).code).toBe('content_filter');
    expect(provider.attempts).toHaveLength(1);
  });

  test('a stream that breaks while it is held fails as it did, before anything was given', async () => {
    const broken: Script = [...say('one two').slice(0, 4), fail('stream_interrupted')];
    const { client } = setUp(broken, [guard(shout)]);
    expect((await errorOf(client.chat.stream({ model: 'a/x', messages }))).code).toBe(
      'stream_interrupted',
    );
  });

  test('a stream that is held ends when its caller leaves', async () => {
    const { client, provider, clock } = setUp(
      [emit({ type: 'start' }), wait(60_000)],
      [guard(shout)],
    );
    const leaving = new AbortController();
    const failing = errorOf(
      client.chat.stream({ model: 'a/x', messages }, { signal: leaving.signal }),
    );
    await clock.advance(10);
    leaving.abort();
    expect((await failing).code).toBe('aborted');
    expect(provider.open).toBe(0);
  });
});

describe('asking again', () => {
  const longer = guardHook('chat', {
    name: 'longer',
    after: ({ message }) =>
      message.content.some((part) => part.type === 'text' && part.text.length > 10)
        ? undefined
        : { verdict: 'ask-again', message: 'Say more.', reason: 'It is too short.' },
  });
  const script: Script = (_call, attempt) => say(attempt === 1 ? 'short' : 'a much longer answer');

  test('shows the model what it said and what is wrong, once', async () => {
    const { client, provider } = setUp(script, [guard(longer)]);
    const answer = await client.chat({ model: 'a/x', messages });
    expect(answer.text).toBe('a much longer answer');
    expect(chatSent(provider, 1).messages).toMatchObject([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'short' }] },
      { role: 'user', content: 'Say more.' },
    ]);
    expect(answer.meta.attempts).toHaveLength(2);
  });

  test.each([
    ['maxAsks', { maxAsks: 2 }, undefined, 3],
    ['no asks', { maxAsks: 0 }, undefined, 1],
    ['the attempt budget', { maxAsks: 9 }, 2, 2],
  ])('is bounded by %s', async (_what, options, attempts, made) => {
    const provider = fakeProvider({ name: 'a', script: say('short') });
    const middleware = [guard({ hooks: [longer], ...options })];
    const client = createClient({ providers: [provider], middleware, attempts });
    const error = await errorOf(client.chat({ model: 'a/x', messages }));
    expect(error.message).toContain('It is too short.');
    expect(provider.attempts).toHaveLength(made);
  });

  test('is for chats only', async () => {
    const provider = fakeProvider({ name: 'a', operations: ['complete'], script: say('short') });
    const hook: GuardHook = {
      name: 'again',
      after: () => ({ verdict: 'ask-again', message: '', reason: '' }),
    };
    const client = createClient({ providers: [provider], middleware: [guard(hook)] });
    const error = await errorOf(
      client.send('complete', { prompt: 'x' }, { model: 'a/x', stream: false }),
    );
    expect(error).toMatchObject({ code: 'configuration', param: 'hooks' });
  });
});

test.each([
  ['no hook', []],
  ['two of one name', [denyBefore, { ...denyBefore }]],
  ['a hook without a name', [{ ...denyBefore, name: '' }]],
  ['a hook that checks nothing', [{ name: 'idle' }]],
])('refuses %s when it is built', (_what, hooks) => {
  expect(() => guard({ hooks })).toThrow(
    expect.objectContaining({ code: 'configuration', param: 'hooks' }),
  );
});

test('refuses a negative number of asks', () => {
  expect(() => guard({ hooks: [denyBefore], maxAsks: -1 })).toThrow(
    expect.objectContaining({ param: 'maxAsks' }),
  );
});
