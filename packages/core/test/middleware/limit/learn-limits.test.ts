import { createClient, listen, type ChainEvent, type RateLimitSnapshot } from '@inferway/core';
import { learnLimits, type LearnLimitsOptions } from '@inferway/core/limits';
import { pool, standard, timeout } from '@inferway/core/middleware';
import {
  accept,
  fail,
  fakeError,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { bench, question } from './limit-helpers.js';

const telling = (rateLimit: RateLimitSnapshot | undefined): readonly Step[] => [
  accept(rateLimit === undefined ? {} : { rateLimit }),
  ...say('x').slice(1),
];

const learning = (script: (attempt: number) => readonly Step[], options: LearnLimitsOptions = {}) =>
  bench(
    () => [learnLimits(options)],
    (_call, attempt) => script(attempt),
  );

test('the call that would be refused waits for the reset', async () => {
  const { client, clock, provider } = learning(() =>
    telling({ requests: { limit: 10, remaining: 0, resetMs: 4000 } }),
  );
  await client.chat(question);
  const waiting = client.chat(question);
  await clock.advance(3999);
  expect(provider.attempts).toHaveLength(1);
  await clock.advance(1);
  expect((await waiting).text).toBe('x');
  expect(provider.attempts).toHaveLength(2);
  expect(clock.timers).toBe(0);
});

test('a reset that is further away than a call may wait is told as the time to wait', async () => {
  const told: ChainEvent[] = [];
  const { client, clock, provider } = learning(() =>
    telling({ tokens: { limit: 100, remaining: 0, resetMs: 30_000 } }),
  );
  await client.chat(question);
  const error = await errorOf(
    client.chat(question, { state: (to) => listen(to, (event) => told.push(event)) }),
  );
  expect(error).toMatchObject({
    code: 'rate_limit',
    retryAfterMs: 30_000,
    retryable: false,
    fallbackable: true,
    sent: 'no',
    provider: 'fake',
  });
  expect(told).toMatchObject([{ type: 'limit-refused', unit: 'tokens', reason: 'too-long' }]);
  await clock.advance(25_000);
  const soon = client.chat(question);
  await clock.advance(5000);
  await soon;
  expect(provider.attempts).toHaveLength(2);
});

test('what was started since the answer counts against what it left', async () => {
  const { client, clock, provider } = learning((attempt) =>
    attempt === 1 ? telling({ requests: { limit: 10, remaining: 3, resetMs: 5000 } }) : [stall()],
  );
  await client.chat(question);
  const calls = Array.from({ length: 6 }, () => client.chat(question).catch(() => undefined));
  await settle();
  expect(provider.attempts).toHaveLength(4);
  await clock.advance(5000);
  // The window is whole again.
  expect(provider.attempts).toHaveLength(7);
  expect(calls).toHaveLength(6);
});

test('an answer lets those in who wait, where it says that there is more', async () => {
  const { client, clock, provider } = learning((attempt) =>
    attempt === 1
      ? telling({ requests: { limit: 10, remaining: 1, resetMs: 9000 } })
      : [wait(1000), ...telling({ requests: { limit: 10, remaining: 8, resetMs: 9000 } })],
  );
  await client.chat(question);
  const calls = [0, 1, 2].map(() => client.chat(question));
  await settle();
  expect(provider.attempts).toHaveLength(2);
  await clock.advance(1000);
  expect(provider.attempts).toHaveLength(4);
  await clock.advance(1000);
  await Promise.all(calls);
  expect(clock.timers).toBe(0);
});

test('tokens are kept to by what a request takes, and one that never fits is for the provider to refuse', async () => {
  const { client, clock, provider } = learning(() =>
    telling({ outputTokens: { limit: 100, remaining: 50, resetMs: 5000 } }),
  );
  await client.chat(question);
  await client.chat({ ...question, maxOutputTokens: 50 });
  const large = client.chat({ ...question, maxOutputTokens: 51 });
  await settle();
  expect(provider.attempts).toHaveLength(2);
  await clock.advance(5000);
  await large;
  const never = client.chat({ ...question, maxOutputTokens: 5000 });
  await clock.advance(5000);
  await never;
  expect(provider.attempts).toHaveLength(4);
});

test('a refusal holds the others for as long as the provider asks, then one finds out first', async () => {
  const { client, clock, provider } = learning((attempt) =>
    attempt === 1
      ? [fail(fakeError('rate_limit', { status: 429, retryAfterMs: 2000 }))]
      : [wait(500), ...telling(undefined)],
  );
  await errorOf(client.chat(question));
  const calls = Array.from({ length: 5 }, () => client.chat(question));
  await clock.advance(1999);
  expect(provider.attempts).toHaveLength(1);
  await clock.advance(1);
  expect(provider.attempts).toHaveLength(2);
  await clock.advance(500);
  expect(provider.attempts).toHaveLength(6);
  await clock.advance(500);
  await Promise.all(calls);
  expect(clock.timers).toBe(0);
});

test('a probe that does not answer keeps the others no longer than a second each', async () => {
  const { client, clock, provider } = learning((attempt) =>
    attempt === 1 ? [fail(fakeError('rate_limit', { status: 429, retryAfterMs: 500 }))] : [stall()],
  );
  await errorOf(client.chat(question));
  for (let call = 0; call < 3; call++) client.chat(question).catch(() => undefined);
  await clock.advance(500);
  expect(provider.attempts).toHaveLength(2);
  await clock.advance(2000);
  expect(provider.attempts).toHaveLength(4);
});

test.each<readonly [string, RateLimitSnapshot, number]>([
  ['no reset', { requests: { limit: 5, remaining: 0 } }, 1000],
  ['no limit', { requests: { remaining: 0, resetMs: 3000 } }, 3000],
  ['a reset of NaN', { requests: { limit: 5, remaining: 0, resetMs: Number.NaN } }, 1000],
  ['a negative reset', { requests: { limit: 5, remaining: 0, resetMs: -5000 } }, 1000],
  [
    'an endless reset',
    { requests: { limit: 5, remaining: 0, resetMs: Number.POSITIVE_INFINITY } },
    1000,
  ],
  ['a reset in three weeks', { requests: { limit: 5, remaining: 0, resetMs: 2e9 } }, 8000],
  ['a reset beyond all timers', { requests: { limit: 5, remaining: 0, resetMs: 1e15 } }, 8000],
  ['a reset that is over', { requests: { limit: 5, remaining: 0, resetMs: 0 } }, 0],
  ['a limit of nothing', { requests: { limit: 0, remaining: 0, resetMs: 9000 } }, 0],
  ['a remaining of NaN', { requests: { limit: 5, remaining: Number.NaN, resetMs: 9000 } }, 0],
  ['a negative remaining', { tokens: { limit: 5, remaining: -1, resetMs: 9000 } }, 0],
  ['more left than there is', { requests: { limit: 5, remaining: 500, resetMs: 9000 } }, 0],
])('headers that say nothing good never lock anybody out: %s', async (_name, rateLimit, waits) => {
  const { client, clock, provider } = learning(() => telling(rateLimit), { maxTrustMs: 8000 });
  // Again and again, since every answer says the same.
  for (let call = 0; call < 4; call++) {
    const from = clock.now();
    const answer = client.chat(question);
    await clock.advance(call === 0 ? 0 : waits);
    expect((await answer).text).toBe('x');
    expect(clock.now() - from).toBe(call === 0 ? 0 : waits);
  }
  expect(provider.attempts).toHaveLength(4);
  expect(clock.timers).toBe(0);
});

test('a word that is not taken for longer is tried by one call at a time', async () => {
  const { client, clock, provider } = learning(
    () => [wait(300), ...telling({ requests: { limit: 5, remaining: 0, resetMs: 3_600_000 } })],
    { maxTrustMs: 5000, queue: { maxWaitMs: 60_000 } },
  );
  const first = client.chat(question);
  await clock.advance(300);
  await first;
  const calls = [0, 1, 2].map(() => client.chat(question));
  // It says the same each time: the others wait on, and are not let in together.
  for (const attempts of [2, 3, 4]) {
    await clock.advance(5300);
    expect(provider.attempts).toHaveLength(attempts);
  }
  await Promise.all(calls);
  expect(clock.timers).toBe(0);
});

test('a limit that fills again little by little is found out, and used as it fills', async () => {
  // 60 a minute, one each second; the reset is the time until all are there.
  const clock = virtualClock();
  let tokens = 60;
  let at = 0;
  let refused = 0;
  const provider = fakeProvider({
    name: 'fake',
    script: () => {
      tokens = Math.min(60, tokens + (clock.now() - at) / 1000);
      at = clock.now();
      if (tokens < 1) {
        refused++;
        return [fail(fakeError('rate_limit', { status: 429 }))];
      }
      tokens--;
      return telling({
        requests: {
          limit: 60,
          remaining: Math.floor(tokens),
          resetMs: Math.ceil((60 - tokens) * 1000),
        },
      });
    },
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [learnLimits({ queue: { maxWaitMs: 5000 } })],
  });
  for (let call = 0; call < 100; call++) {
    const answer = client.chat(question);
    await clock.advance(0);
    while (provider.attempts.length <= call && clock.now() < 100_000) await clock.advance(100);
    await answer;
  }
  expect(refused).toBe(0);
  // 60 at once, and then one a second.
  expect(clock.now()).toBeGreaterThan(38_000);
  expect(clock.now()).toBeLessThan(50_000);
});

test('a window that ends all at once is never asked before its end', async () => {
  const clock = virtualClock();
  let refused = 0;
  let used = 0;
  let window = 0;
  const provider = fakeProvider({
    name: 'fake',
    script: () => {
      const now = Math.floor(clock.now() / 10_000);
      if (now !== window) used = 0;
      window = now;
      if (used >= 7) {
        refused++;
        return [fail(fakeError('rate_limit', { status: 429 }))];
      }
      used++;
      // Whole seconds, as some providers round.
      const resetMs = Math.ceil(((now + 1) * 10_000 - clock.now()) / 1000) * 1000;
      return telling({ requests: { limit: 7, remaining: 7 - used, resetMs } });
    },
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [learnLimits({ queue: { maxWaitMs: 20_000 } })],
  });
  for (let call = 0; call < 40; call++) {
    const answer = client.chat(question);
    await clock.advance(137);
    while (provider.attempts.length <= call && clock.now() < 200_000) await clock.advance(100);
    await answer;
  }
  expect(refused).toBe(0);
  expect(clock.now()).toBeLessThan(65_000);
});

test('inside of auth, a pool goes on with the next key, and no attempt is made with the first', async () => {
  const clock = virtualClock();
  const provider = fakeProvider({
    name: 'fake',
    script: () => telling({ requests: { limit: 1, remaining: 0, resetMs: 30_000 } }),
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: standard({ auth: pool(['k1', 'k2', 'k3']), credentialLimits: learnLimits() }),
  });
  for (let call = 0; call < 3; call++) await client.chat(question);
  const error = await errorOf(client.chat(question));
  expect(error).toMatchObject({ code: 'rate_limit', retryAfterMs: 30_000 });
  expect(provider.attempts.map(({ call }) => call.credential?.id)).toEqual([
    'pool#1',
    'pool#2',
    'pool#3',
  ]);
  await clock.advance(30_000);
  await client.chat(question);
});

test('the timers of an attempt do not run while it waits for the reset', async () => {
  const { client, clock } = bench(
    () => [timeout({ firstEventMs: 2000 }), learnLimits()],
    (_call, attempt) => [
      wait(attempt === 1 ? 0 : 1500),
      ...telling({ requests: { limit: 5, remaining: 0, resetMs: 6000 } }),
    ],
  );
  const first = client.chat(question);
  await clock.advance(0);
  await first;
  const answer = client.chat(question);
  await clock.advance(7500);
  expect((await answer).text).toBe('x');
  expect(clock.timers).toBe(0);
});

test('a call that never left does not count against what is left', async () => {
  const { client, provider } = learning((attempt) =>
    attempt === 1
      ? telling({ requests: { limit: 10, remaining: 2, resetMs: 9000 } })
      : [fail(fakeError('connection', { sent: 'no' }))],
  );
  await client.chat(question);
  for (let call = 0; call < 6; call++)
    expect((await errorOf(client.chat(question))).code).toBe('connection');
  expect(provider.attempts).toHaveLength(7);
});

test('a provider that asks for three days is asked again after the time for which a word is taken', async () => {
  const { client, clock } = learning(
    (attempt) =>
      attempt === 1
        ? [fail(fakeError('rate_limit', { status: 429, retryAfterMs: 259_200_000 }))]
        : say('x'),
    { maxTrustMs: 5000 },
  );
  await errorOf(client.chat(question));
  const waiting = client.chat(question);
  await clock.advance(5000);
  expect((await waiting).text).toBe('x');
});

test('a provider that is slow after the wait is timed from when it was asked', async () => {
  const { client, clock } = bench(
    () => [timeout({ firstEventMs: 2000 }), learnLimits()],
    (_call, attempt) =>
      attempt === 1 ? telling({ requests: { limit: 5, remaining: 0, resetMs: 6000 } }) : [stall()],
  );
  await client.chat(question);
  const slow = errorOf(client.chat(question));
  await clock.advance(8000);
  expect(await slow).toMatchObject({ code: 'timeout', phase: 'first-event' });
  expect(clock.timers).toBe(0);
});

test('an abort while it waits rejects at once and leaves nothing behind', async () => {
  const { client, clock, provider } = learning(() =>
    telling({ requests: { limit: 5, remaining: 0, resetMs: 6000 } }),
  );
  await client.chat(question);
  const controller = new AbortController();
  const waiting = errorOf(client.chat(question, { signal: controller.signal }));
  await settle();
  controller.abort();
  await settle();
  expect((await waiting).code).toBe('aborted');
  expect(clock.timers).toBe(0);
  expect(provider.attempts).toHaveLength(1);
});
