import { fail, fakeError, say, stall, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { messages, setUp, slow } from './hedge-rig.js';

test('a call that answers in time is sent once, and leaves no timer', async () => {
  const { client, clock, sent, events, state } = setUp({ a: slow(99) }, {});
  const answer = client.chat({ model: 'a/x', messages }, { state });
  await clock.advance(99);
  expect((await answer).text).toBe('after 99');
  expect(sent()).toEqual([['a/x', 0]]);
  expect(events).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('after the delay a second copy goes out; the first answer wins, and the other is cancelled at once', async () => {
  const { client, clock, providers, sent, events, open, state } = setUp(
    { a: (_call, n) => (n === 1 ? [stall()] : [wait(50), ...say('second')]) },
    {},
  );
  const { signal, count } = countingSignal();
  const answer = client.chat({ model: 'a/x', messages }, { signal, state });
  await clock.advance(150);
  const { text, meta } = await answer;
  expect(text).toBe('second');
  expect(sent()).toEqual([
    ['a/x', 0],
    ['a/x', 100],
  ]);
  expect(providers[0]?.attempts[0]?.cancelled?.code).toBe('aborted');
  expect(providers[0]?.attempts[0]?.call.signal).not.toBe(providers[0]?.attempts[1]?.call.signal);
  expect(meta.attempts).toMatchObject([
    { number: 1, error: 'aborted', endedMs: 150 },
    { number: 2, endedMs: 150 },
  ]);
  expect(events).toEqual([
    { type: 'hedge', after: 100, copy: 2, target: 'a/x', reason: 'slow' },
    { type: 'hedge-won', after: 150, copy: 2, target: 'a/x' },
  ]);
  expect([open(), clock.timers, count()]).toEqual([0, 0, 0]);
});

test('where the call itself answers first, its copy is cancelled and nothing is said of a win', async () => {
  const { client, clock, providers, events, open, state } = setUp(
    { a: slow(150), b: [stall()] },
    { targets: ['b/y'] },
  );
  const answer = client.chat({ model: 'a/x', messages }, { state });
  await clock.advance(150);
  expect((await answer).meta.provider).toBe('a');
  expect(providers[1]?.attempts[0]?.cancelled?.code).toBe('aborted');
  expect(events.map(({ type }) => type)).toEqual(['hedge']);
  expect(open()).toBe(0);
});

test('copies go to the targets in order, the asked one left out, each after the delay', async () => {
  const { client, clock, sent } = setUp(
    { a: slow(1000), b: slow(1000), c: slow(10, 'from c') },
    { attempts: 3, targets: ['a/x', 'b/y', 'c/z'] },
  );
  const answer = client.chat({ model: 'a/x', messages });
  await clock.advance(210);
  expect((await answer).text).toBe('from c');
  expect(sent()).toEqual([
    ['a/x', 0],
    ['b/y', 100],
    ['c/z', 200],
  ]);
});

test('streams pass untouched, and so do chats with tools that the provider runs', async () => {
  const { client, clock, sent } = setUp({ a: slow(500) }, {});
  const stream = client.chat.stream({ model: 'a/x', messages });
  await clock.advance(500);
  expect(await (await stream).text).toBe('after 500');
  const tools = [{ type: 'provider', format: 'f', value: {} }] as const;
  const answer = client.send('chat', { messages, tools }, { model: 'a/x', stream: false });
  await clock.advance(500);
  await answer;
  expect(sent()).toHaveLength(2);
});

describe('failures', () => {
  test('one that may pass sends the next copy at once', async () => {
    const { client, clock, sent, events, state } = setUp(
      { a: (_call, n) => (n === 1 ? [wait(10), fail('overloaded')] : say('second')) },
      {},
    );
    const answer = client.chat({ model: 'a/x', messages }, { state });
    await clock.advance(10);
    expect((await answer).text).toBe('second');
    expect(sent().map(([, at]) => at)).toEqual([0, 10]);
    expect(events[0]).toMatchObject({ type: 'hedge', reason: 'failed', after: 10 });
  });

  test('of one copy leaves the others running', async () => {
    const { client, clock } = setUp(
      { a: slow(300), b: [wait(20), fail('authentication')] },
      { targets: ['b/y'] },
    );
    const answer = client.chat({ model: 'a/x', messages });
    await clock.advance(300);
    expect((await answer).text).toBe('after 300');
  });

  test('a wrong request ends all copies at once', async () => {
    const { client, clock, open, providers } = setUp(
      { a: (_call, n) => (n === 1 ? [stall()] : [wait(20), fail('invalid_request')]) },
      {},
    );
    const error = errorOf(client.chat({ model: 'a/x', messages }));
    await clock.advance(120);
    expect((await error).code).toBe('invalid_request');
    expect(providers[0]?.attempts[0]?.cancelled?.code).toBe('aborted');
    expect([open(), clock.timers]).toEqual([0, 0]);
  });

  test('a model that is not there ends them too: copies are sent for speed, not to hide it', async () => {
    const { client, sent } = setUp(
      { a: [fail('not_found')], b: say('from b') },
      { targets: ['b/y'] },
    );
    expect((await errorOf(client.chat({ model: 'a/x', messages }))).code).toBe('not_found');
    expect(sent()).toHaveLength(1);
  });

  test('what only another target refuses does not end the call', async () => {
    const { client, clock } = setUp(
      { a: slow(300), small: [fail('context_length')] },
      { targets: ['small/y'] },
    );
    const answer = client.chat({ model: 'a/x', messages });
    await clock.advance(300);
    expect((await answer).text).toBe('after 300');
  });

  test('a rule of one’s own says what ends it', async () => {
    const { client, clock, sent } = setUp(
      { a: [fail('overloaded')] },
      { fatal: ({ code }) => code === 'overloaded' },
    );
    expect((await errorOf(client.chat({ model: 'a/x', messages }))).code).toBe('overloaded');
    await clock.advance(1000);
    expect(sent()).toHaveLength(1);
  });

  test('of all copies: the error of the call itself is thrown, with all attempts', async () => {
    const { client, clock } = setUp(
      { a: [wait(200), fail('server')], b: [fail('rate_limit')] },
      { targets: ['b/y'] },
    );
    const failed = errorOf(client.chat({ model: 'a/x', messages }));
    await clock.advance(200);
    const error = await failed;
    expect(error.code).toBe('server');
    expect(error.attempts?.map(({ provider, error: code }) => [provider, code])).toEqual([
      ['a', 'server'],
      ['b', 'rate_limit'],
    ]);
  });

  test('one that asks for a pause is not asked again at once, but another target is', async () => {
    const busy = [fail(fakeError('rate_limit', { retryAfterMs: 5000 }))];
    const same = setUp({ a: busy }, {});
    expect((await errorOf(same.client.chat({ model: 'a/x', messages }))).code).toBe('rate_limit');
    expect(same.sent()).toHaveLength(1);
    const other = setUp({ a: busy, b: say('b') }, { targets: ['b/y'] });
    expect((await other.client.chat({ model: 'a/x', messages })).text).toBe('b');
  });

  test('a key that was refused leads to another target, never to the same', async () => {
    const same = setUp({ a: [fail('authentication')] }, {});
    await errorOf(same.client.chat({ model: 'a/x', messages }));
    expect(same.sent()).toHaveLength(1);
    const other = setUp({ a: [fail('authentication')], b: say('b') }, { targets: ['b/y'] });
    expect((await other.client.chat({ model: 'a/x', messages })).text).toBe('b');
  });
});
