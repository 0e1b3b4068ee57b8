import { sleep, stateKey, type Call, type Next } from '@inferway/core';
import { limit } from '@inferway/core/limits';
import { fail, fakeError, say, settle, stall } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { follow } from '../../../src/middleware/limit/stay.js';
import { bench, question } from './limit-helpers.js';

const minute = 60_000;

test('a mistake of the caller’s own was a request, a connection that was never made was none', async () => {
  const { client, clock, provider } = bench(
    (store) => [limit({ store, rules: [{ name: 'r', windowMs: minute, requests: 2 }] })],
    (_call, attempt) => (attempt <= 5 ? [fail(fakeError('connection', { sent: 'no' }))] : say('x')),
  );
  for (let calls = 0; calls < 5; calls++)
    expect((await errorOf(client.chat(question))).code).toBe('connection');
  const unknown = { ...question, model: { provider: 'nowhere', id: 'm' } };
  for (let calls = 0; calls < 2; calls++)
    expect((await errorOf(client.chat(unknown))).code).toBe('not_found');
  expect((await errorOf(client.chat(unknown))).code).toBe('rate_limit');
  await clock.advance(2 * minute);
  expect((await client.chat(question)).text).toBe('x');
  expect(provider.attempts).toHaveLength(6);
});

test('several answers of one request are reserved for', async () => {
  const { client } = bench((store) => [
    limit({ store, rules: [{ windowMs: minute, outputTokens: 100 }] }),
  ]);
  expect((await errorOf(client.chat({ ...question, maxOutputTokens: 40, choices: 3 }))).code).toBe(
    'too_large',
  );
  expect((await client.chat({ ...question, maxOutputTokens: 40, choices: 2 })).text).toBe(
    'one two',
  );
});

test('a call that comes aborted goes no further, and its end is told once', async () => {
  const ends: unknown[] = [];
  const controller = new AbortController();
  controller.abort();
  let asked = 0;
  const next = (() => new Promise(() => asked++)) as unknown as Next;
  const call = { signal: controller.signal } as Call;
  const error = await errorOf(follow(call, next, { over: ({ status }) => ends.push(status) }));
  expect([error.code, asked, ends]).toEqual(['aborted', 0, ['cancelled']]);
});

test.each([false, true])(
  'the signal of a call keeps no listener of ours (waited: %s)',
  async (waits) => {
    const { signal, count } = countingSignal();
    const { client, clock } = bench(
      (store) => [
        (call, next) => next({ ...call, signal }),
        limit({ store, rules: [{ concurrency: 1 }], queue: waits }),
        // Only the layer before it listens to that signal.
        async (call, next) => {
          await sleep(clock, 10, new AbortController().signal);
          return next({ ...call, signal: new AbortController().signal });
        },
      ],
      say('x'),
    );
    const calls = [0, 1].map(() => client.chat(question).catch(() => undefined));
    await settle();
    expect(count()).toBe(waits ? 2 : 1);
    await clock.advance(100);
    await Promise.all(calls);
    expect(count()).toBe(0);
  },
);

test('names that hold a separator do not run into each other', async () => {
  const { client } = bench(
    (store) => [
      limit({
        store,
        rules: [
          {
            name: 'n',
            per: [(call) => String(call.state.get(left)), (call) => String(call.state.get(right))],
            concurrency: 1,
          },
        ],
      }),
    ],
    [stall()],
  );
  const left = stateKey<string>('left');
  const right = stateKey<string>('right');
  const ask = (first: string, second: string): Promise<unknown> =>
    client.chat(question, {
      state: (state) => {
        state.set(left, first);
        state.set(right, second);
      },
    });
  const pairs = [
    ['x|y', 'z'],
    ['x', 'y|z'],
    ['x%7Cy', 'z'],
    ['x%257Cy', 'z'],
  ] as const;
  const refused: unknown[] = [];
  for (const [first, second] of pairs)
    ask(first, second).catch((reason: unknown) => refused.push(reason));
  await settle();
  expect(refused).toEqual([]);
  expect((await errorOf(ask('x|y', 'z'))).code).toBe('rate_limit');
});

test('where places and a window are full, the wait is that of the window: when a place is free again, nobody knows', async () => {
  const rules = [{ name: 'plan', windowMs: 60 * minute, requests: 1, concurrency: 1 }];
  const { client } = bench((store) => [limit({ store, rules })], [stall()]);
  const leaving = new AbortController();
  const running = errorOf(client.chat(question, { signal: leaving.signal }));
  await settle();
  const error = await errorOf(client.chat(question));
  expect(error.message).toContain('1 requests');
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(60 * minute);
  leaving.abort();
  await running;
});
