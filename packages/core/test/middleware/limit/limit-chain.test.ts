import { createClient, type CallOptions } from '@inferway/core';
import { adaptiveConcurrency, learnLimits, limit, limitTargets } from '@inferway/core/limits';
import { pool, standard } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { memoryQuota } from '@inferway/core/stores';
import {
  accept,
  fail,
  fakeError,
  fakeProvider,
  ignoreCancel,
  say,
  seededRandom,
  stall,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { question } from './limit-helpers.js';

const scripts = [
  say('one two three'),
  [wait(300), ...say('one')],
  [fail('overloaded')],
  [fail(fakeError('rate_limit', { status: 429, retryAfterMs: 400 }))],
  [
    accept({ rateLimit: { requests: { limit: 5, remaining: 0, resetMs: 700 } } }),
    ...say('one two').slice(1),
  ],
  [...say('one two').slice(0, 4), fail('stream_interrupted')],
  [stall()],
  [...say('one two').slice(0, 4), stall()],
  [ignoreCancel(), stall()],
] as const;

test('after 2,000 calls of every kind through all limits together nothing is held, waits or runs', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const random = seededRandom(7);
  const pick = (): (typeof scripts)[number] =>
    scripts[Math.floor(random() * scripts.length)] ?? scripts[0];
  const providers = [
    fakeProvider({ name: 'fake', script: pick }),
    fakeProvider({ name: 'spare', script: pick }),
  ];
  const { signal, count } = countingSignal();
  const client = createClient({
    providers,
    clock,
    middleware: standard({
      callerLimits: limit({
        store,
        rules: [{ name: 'c', concurrency: 10 }],
        queue: { maxWaitMs: 3000 },
      }),
      fallback: { targets: ['spare/m'] },
      retry: { baseMs: 10, maxMs: 100 },
      limits: [
        limitTargets({
          store,
          rules: [
            { name: 'p', per: 'provider', concurrency: 4 },
            { name: 'w', per: 'model', windowMs: 1000, requests: 40, totalTokens: 100_000 },
          ],
          queue: { maxWaitMs: 500 },
        }),
        adaptiveConcurrency({ initial: 4, queue: { maxWaitMs: 500 } }),
      ],
      breaker: circuitBreaker(),
      timeout: { firstEventMs: 1000, idleBytesMs: 500 },
      auth: pool(['k1', 'k2']),
      credentialLimits: learnLimits({ queue: { maxWaitMs: 300 } }),
    }),
  });
  let open = 0;
  for (let call = 0; call < 2000; call++) {
    const controller = new AbortController();
    const options: CallOptions = {
      signal: call % 5 === 0 ? controller.signal : signal,
      timeoutMs: 20_000,
    };
    const work = async (): Promise<void> => {
      if (call % 2 === 0) return void (await client.chat(question, options));
      const stream = await client.chat.stream(question, options);
      if (call % 3 === 0) await stream.result;
      else if (call % 3 === 1) for await (const event of stream) void event;
      else stream.cancel();
    };
    open++;
    work()
      .catch(() => undefined)
      .finally(() => open--);
    await clock.advance(Math.floor(random() * 300));
    if (random() < 0.5) controller.abort();
  }
  await clock.advance(60_000);
  expect(open).toBe(0);
  expect(count()).toBe(0);
  expect(clock.timers).toBe(0);
  expect(providers.reduce((sum, provider) => sum + provider.attempts.length, 0)).toBeGreaterThan(
    500,
  );
  const places = [
    'caller|c|concurrency||',
    'target|p|concurrency||fake',
    'target|p|concurrency||spare',
  ];
  const states = await store.read(places.map((key) => ({ kind: 'places', key, limit: 10 })));
  expect(states.map(({ used }) => used)).toEqual([0, 0, 0]);
}, 60_000);

test('refusals of our own limits never open a breaker', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const provider = fakeProvider({
    name: 'fake',
    script: [
      accept({ rateLimit: { requests: { limit: 1, remaining: 0, resetMs: 30_000 } } }),
      ...say('x').slice(1),
    ],
  });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: standard({
      limits: limitTargets({ store, rules: [{ windowMs: 30_000, requests: 30 }] }),
      breaker: circuitBreaker(),
      credentialLimits: learnLimits({ queue: false }),
    }),
  });
  await client.chat(question);
  for (let call = 0; call < 100; call++)
    expect((await errorOf(client.chat(question))).code).toBe('rate_limit');
  await clock.advance(31_000);
  expect((await client.chat(question)).text).toBe('x');
  expect(provider.attempts).toHaveLength(2);
});
