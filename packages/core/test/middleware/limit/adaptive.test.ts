import { createClient, listen, type ChainEvent, type State } from '@inferway/core';
import { adaptiveConcurrency, limitTargets } from '@inferway/core/limits';
import { fallback } from '@inferway/core/middleware';
import { memoryQuota } from '@inferway/core/stores';
import {
  accept,
  emit,
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

/** A server with a token bucket: answers after a second, refuses after a tenth of one. */
function bucketServer(now: () => number, ratePerSecond: () => number) {
  let tokens = ratePerSecond();
  let filledAt = 0;
  const served: number[] = [];
  const asked: number[] = [];
  const script = (): readonly Step[] => {
    const at = now();
    const rate = ratePerSecond();
    tokens = Math.min(Math.max(1, rate), tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    asked.push(at);
    if (tokens < 1) return [wait(100), fail(fakeError('rate_limit', { status: 429 }))];
    tokens--;
    served.push(at);
    return [wait(1000), ...say('x')];
  };
  const rateOf = (times: readonly number[], from: number, to: number): number =>
    (times.filter((at) => at >= from && at < to).length * 1000) / (to - from);
  return { script, served, asked, rateOf };
}

test('against a server of 20 a second it settles at half to one and a half of that, follows it down, and comes back', async () => {
  const clock = virtualClock();
  let rate = 20;
  const server = bucketServer(
    () => clock.now(),
    () => rate,
  );
  const client = createClient({
    providers: [fakeProvider({ name: 'fake', script: server.script })],
    clock,
    middleware: [
      adaptiveConcurrency({
        initial: 100,
        queue: { maxWaiting: 5000, maxWaitingPerTenant: 5000, maxWaitMs: 600_000 },
      }),
    ],
  });
  // More callers than it can ever serve, each of which asks again as soon as it is answered.
  let stop = false;
  const caller = async (): Promise<void> => {
    while (!stop) await client.chat(question).catch(() => undefined);
  };
  const callers = Array.from({ length: 300 }, caller);
  const settled = async (ms: number): Promise<readonly [number, number]> => {
    await clock.advance(ms);
    const from = clock.now();
    await clock.advance(15_000);
    return [
      server.rateOf(server.asked, from, clock.now()),
      server.rateOf(server.served, from, clock.now()),
    ];
  };
  const [asked, served] = await settled(15_000);
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(30);
  expect(served).toBeGreaterThan(12);
  rate = 10;
  const [askedLess, servedLess] = await settled(15_000);
  expect(askedLess).toBeGreaterThan(5);
  expect(askedLess).toBeLessThan(15);
  expect(servedLess).toBeGreaterThan(6);
  rate = 60;
  const [askedMore, servedMore] = await settled(60_000);
  expect(askedMore).toBeGreaterThan(30);
  expect(askedMore).toBeLessThan(90);
  expect(servedMore).toBeGreaterThan(35);
  stop = true;
  await clock.advance(60_000);
  await Promise.all(callers);
  expect(clock.timers).toBe(0);
}, 60_000);

test('excess calls wait, and a stream holds its place until it has ended', async () => {
  const { client, clock, provider } = bench(
    () => [adaptiveConcurrency({ initial: 1 })],
    [...say('a b').slice(0, 4), wait(500), ...say('a b').slice(4)],
  );
  const told: ChainEvent[] = [];
  const state = (to: State): void => listen(to, (event) => told.push(event));
  const first = await client.chat.stream(question);
  const second = client.chat(question, { state });
  await clock.advance(1000);
  expect(provider.attempts).toHaveLength(1);
  expect(told).toMatchObject([
    { type: 'limit-wait', limit: 'adaptive concurrency', per: 'model', waiting: 1 },
  ]);
  first.cancel();
  await clock.advance(500);
  expect((await second).text).toBe('a b');
  expect(clock.timers).toBe(0);
});

test('without a queue what is too much is refused, as a target’s limit that leads to the next target', async () => {
  const clock = virtualClock();
  const [first, second] = [
    fakeProvider({ name: 'a', script: [wait(100), ...say('x')] }),
    fakeProvider({ name: 'b', script: say('y') }),
  ];
  const layer = adaptiveConcurrency({ initial: 1, queue: false });
  const client = createClient({
    providers: [first, second],
    clock,
    middleware: [fallback('b/m'), layer],
  });
  const slow = client.chat({ ...question, model: 'a/m' });
  await settle();
  const other = client.chat({ ...question, model: 'a/m' });
  await clock.advance(100);
  expect((await slow).text).toBe('x');
  expect((await other).text).toBe('y');
});

/** How many calls run at a time after these steps, as the provider sees it. */
async function placesAfter(
  script: (attempt: number) => readonly Step[],
  calls: number,
  initial = 8,
  gapMs = 0,
): Promise<number> {
  let done = false;
  const { client, clock, provider } = bench(
    () => [
      adaptiveConcurrency({
        initial,
        queue: { maxWaiting: 1000, maxWaitingPerTenant: 1000, maxWaitMs: 1_000_000 },
      }),
    ],
    (_call, attempt) => (done ? [stall()] : script(attempt)),
  );
  for (let made = 0; made < calls; made++) {
    client.chat(question).catch(() => undefined);
    await clock.advance(gapMs);
  }
  await clock.advance(100_000);
  done = true;
  const before = provider.attempts.length;
  for (let more = 0; more < 100; more++) client.chat(question).catch(() => undefined);
  await settle();
  return provider.attempts.length - before;
}

test.each([
  ['429', fakeError('rate_limit', { status: 429 }), 5],
  ['529', fakeError('overloaded', { status: 529 }), 5],
  ['a timeout of the provider', fakeError('timeout', { phase: 'first-event' }), 5],
  ['the caller’s own deadline', fakeError('timeout', { phase: 'total', retryable: false }), 8],
  ['a refusal of our own', fakeError('rate_limit', { sent: 'no' }), 8],
  ['a wrong request', fakeError('invalid_request', { status: 400 }), 8],
  ['a broken server', fakeError('server', { status: 500 }), 8],
])('%s', async (_name, error, left) => {
  expect(await placesAfter(() => [wait(10), fail(error)], 1)).toBe(left);
  // Of a stream that was accepted first as well.
  const inStream = [accept(), emit({ type: 'start', id: '1' }), wait(10), fail(error)];
  expect(await placesAfter(() => inStream, 1)).toBe(left);
});

test('a burst of refusals lowers the limit once, and it never falls below one', async () => {
  expect(await placesAfter(() => [wait(10), fail('overloaded')], 8)).toBe(5);
  expect(await placesAfter(() => [wait(10), fail('overloaded')], 40, 8, 1500)).toBe(1);
  // Nor more than once a second, however fast the rounds are.
  expect(await placesAfter(() => [wait(1), fail('overloaded')], 9, 8, 100)).toBe(5);
  // What began before the last decrease says nothing of the limit since.
  expect(await placesAfter((attempt) => [wait(attempt * 1500), fail('overloaded')], 8)).toBe(5);
});

test('the limit grows by one a round while all places are taken, and not while they are not', async () => {
  expect(await placesAfter(() => [wait(10), ...say('x')], 100, 8, 20)).toBe(8);
  const grown = await placesAfter(() => [wait(10), ...say('x')], 17, 8);
  expect(grown).toBeGreaterThanOrEqual(9);
  expect(grown).toBeLessThanOrEqual(10);
});

test('a lowered limit is told, and targets are counted apart', async () => {
  const told: ChainEvent[] = [];
  const { client, clock, provider } = bench(
    () => [adaptiveConcurrency({ initial: 4 })],
    (call) => (call.model.id === 'bad' ? [fail('overloaded')] : [wait(100), ...say('x')]),
  );
  await errorOf(
    client.chat(
      { ...question, model: 'fake/bad' },
      { state: (to) => listen(to, (event) => told.push(event)) },
    ),
  );
  expect(told).toEqual([{ type: 'concurrency-lowered', provider: 'fake', model: 'bad', limit: 2 }]);
  const calls = [0, 1, 2, 3].map(() => client.chat(question));
  await settle();
  expect(provider.attempts).toHaveLength(5);
  await clock.advance(100);
  await Promise.all(calls);
});

test('aborts at any time leak no place (A4)', async () => {
  const { client, clock, provider } = bench(
    () => [adaptiveConcurrency({ initial: 2 })],
    [wait(1000), ...say('x')],
  );
  for (let round = 0; round < 50; round++) {
    const controller = new AbortController();
    const calls = Array.from({ length: 6 }, () =>
      errorOf(client.chat(question, { signal: controller.signal })),
    );
    await clock.advance(round * 7);
    controller.abort();
    await Promise.all(calls);
  }
  const before = provider.attempts.length;
  const last = [0, 1, 2].map(() => client.chat(question));
  await settle();
  expect(provider.attempts.length - before).toBe(2);
  await clock.advance(2000);
  await Promise.all(last);
  expect(clock.timers).toBe(0);
});

test('it stands well inside of a target’s limit: a refusal by the one takes no place of the other', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const provider = fakeProvider({ name: 'fake', script: say('x') });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [
      adaptiveConcurrency({ initial: 1 }),
      limitTargets({ store, rules: [{ windowMs: 1000, requests: 1 }] }),
    ],
  });
  await client.chat(question);
  for (let calls = 0; calls < 5; calls++)
    expect((await errorOf(client.chat(question))).message).toContain('"all in 1000 ms"');
  await clock.advance(1100);
  await client.chat(question);
});
