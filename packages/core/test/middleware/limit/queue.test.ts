import { createClient, listen, type ChainEvent, type State } from '@inferway/core';
import { limit, priority, type LimitOptions, type QueueOptions } from '@inferway/core/limits';
import { memoryQuota } from '@inferway/core/stores';
import { fakeProvider, say, settle, stall, virtualClock, wait } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { as, bench, question, remote, type Bench } from './limit-helpers.js';

const onePlace = (queue: QueueOptions | true = true, more: Partial<LimitOptions> = {}): Bench =>
  bench(
    (store) => [limit({ store, rules: [{ name: 'c', concurrency: 1 }], queue, ...more })],
    [wait(100), ...say('x')],
  );

/** Makes a call and writes down its name when the provider is asked. */
function line({ client, provider }: Bench) {
  const started = (): string[] => provider.attempts.map(({ call }) => String(call.state.get(name)));
  const name = { symbol: Symbol('name') };
  const ask = (who: string, tenant = 't', urgency = 0, signal?: AbortSignal) =>
    client.chat(question, {
      ...(signal === undefined ? {} : { signal }),
      state: (state: State) => {
        state.set(name, who);
        state.set(priority, urgency);
        as({ tenant })(state);
      },
    });
  return { ask, started };
}

test('calls wait for a place: tenants in turn, each in its order, the more urgent first', async () => {
  const made = onePlace();
  const { ask, started } = line(made);
  const calls = [ask('a1', 'a')];
  await settle();
  calls.push(
    ask('a2', 'a'),
    ask('a3', 'a'),
    ask('a4', 'a'),
    ask('b1', 'b'),
    ask('b2', 'b'),
    ask('c1', 'c'),
    ask('u1', 'a', 5),
  );
  await made.clock.advance(10_000);
  await Promise.all(calls);
  expect(started()).toEqual(['a1', 'u1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  expect(made.provider.attempts.map(({ at }) => at)).toEqual([
    0, 100, 200, 300, 400, 500, 600, 700,
  ]);
  expect(made.clock.timers).toBe(0);
});

test('one call of a tenant is second, whatever another has in the queue', async () => {
  const made = onePlace({ maxWaiting: 20_000, maxWaitingPerTenant: 15_000, maxWaitMs: 2_000_000 });
  const { ask, started } = line(made);
  const many = Array.from({ length: 10_001 }, (_, call) =>
    ask(`m${call}`, 'many').catch(() => undefined),
  );
  await settle();
  const one = ask('one', 'one');
  await made.clock.advance(350);
  expect((await one).text).toBe('x');
  expect(started().indexOf('one')).toBe(2);
  expect(many).toHaveLength(10_001);
});

test('a queue has room for so many in all and of one tenant, and says which it was', async () => {
  const made = onePlace({ maxWaiting: 3, maxWaitingPerTenant: 2 });
  const { ask } = line(made);
  const calls = [ask('0')];
  await settle();
  calls.push(ask('1'), ask('2'));
  await settle();
  const tenantFull = await errorOf(ask('3'));
  expect(tenantFull).toMatchObject({ code: 'rate_limit', retryable: false });
  expect(tenantFull.message).toContain('maxWaitingPerTenant');
  calls.push(ask('4', 'other'));
  await settle();
  expect((await errorOf(ask('5', 'third'))).message).toContain(
    "raise the limit or the queue's maxWaiting.",
  );
  await made.clock.advance(10_000);
  await Promise.all(calls);
  // The counts went down with the queue.
  const again = [ask('6')];
  await settle();
  again.push(ask('7'), ask('8'));
  await made.clock.advance(10_000);
  await Promise.all(again);
  expect(made.clock.timers).toBe(0);
});

test('an abort in the queue rejects at once and leaves nothing behind; the others move up', async () => {
  const made = onePlace();
  const { ask, started } = line(made);
  const { controller, signal, count } = countingSignal();
  const first = ask('1');
  await settle();
  const leaving = errorOf(ask('2', 't', 0, signal));
  const last = ask('3');
  await settle();
  expect(count()).toBe(1);
  controller.abort();
  await settle();
  expect((await leaving).code).toBe('aborted');
  expect(count()).toBe(0);
  await made.clock.advance(1000);
  await Promise.all([first, last]);
  expect(started()).toEqual(['1', '3']);
  expect(made.clock.timers).toBe(0);
  // One that comes aborted takes no place.
  expect((await errorOf(ask('4', 't', 0, signal))).code).toBe('aborted');
});

test('a call whose time is shorter than the known wait is refused at once, with the wait', async () => {
  const { client, clock } = bench((store) => [
    limit({
      store,
      rules: [{ name: 'w', windowMs: 60_000, requests: 1 }],
      queue: { maxWaitMs: 120_000 },
    }),
  ]);
  await client.chat(question);
  const error = await errorOf(client.chat(question, { timeoutMs: 5_000 }));
  expect(clock.now()).toBe(0);
  expect(error).toMatchObject({ code: 'rate_limit', retryAfterMs: expect.any(Number) });
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(60_000);
  // One with time enough waits; one with little, behind it, is told as well.
  const patient = client.chat(question, { timeoutMs: 100_000 });
  await settle();
  expect((await errorOf(client.chat(question, { timeoutMs: 5_000 }))).retryAfterMs).toBeGreaterThan(
    55_000,
  );
  await clock.advance(70_000);
  expect((await patient).text).toBe('one two');
  expect(clock.timers).toBe(0);
});

test('a call waits no longer than maxWaitMs, nor than its deadline', async () => {
  const made = bench(
    (store) => [limit({ store, rules: [{ concurrency: 1 }], queue: { maxWaitMs: 500 } })],
    [stall()],
  );
  const stuck = errorOf(made.client.chat(question));
  await settle();
  const [slow, hurried] = [
    errorOf(made.client.chat(question)),
    errorOf(made.client.chat(question, { timeoutMs: 200 })),
  ];
  await made.clock.advance(199);
  expect(made.clock.timers).toBeGreaterThan(2);
  await made.clock.advance(301);
  expect(await slow).toMatchObject({ code: 'rate_limit' });
  expect((await slow).message).toContain('in all the time');
  expect(['timeout', 'rate_limit']).toContain((await hurried).code);
  expect(made.provider.attempts).toHaveLength(1);
  void stuck;
});

test('who comes later does not overtake those who wait, even where there is room for him alone', async () => {
  const { client, clock, provider } = bench(
    (store) => [limit({ store, rules: [{ windowMs: 1000, outputTokens: 100 }], queue: true })],
    say('x', { usage: { inputTokens: 1, outputTokens: 60 } }),
  );
  await client.chat({ ...question, maxOutputTokens: 60 });
  const big = client.chat({ ...question, maxOutputTokens: 90 });
  await settle();
  const small = client.chat({ ...question, maxOutputTokens: 10 });
  await clock.advance(5000);
  await Promise.all([big, small]);
  expect(
    provider.attempts.map(
      ({ call }) => (call.request as { maxOutputTokens?: number }).maxOutputTokens,
    ),
  ).toEqual([60, 90, 10]);
});

test('calls that wait for different things do not wait for each other', async () => {
  const { client, clock, provider } = bench(
    (store) => [limit({ store, rules: [{ per: 'tenant', concurrency: 1 }], queue: true })],
    (call) => (call.model.id === 'slow' ? [wait(10_000), ...say('x')] : say('x')),
  );
  const slow = [0, 1].map(() =>
    client.chat({ ...question, model: 'fake/slow' }, { state: as({ tenant: 'a' }) }),
  );
  await settle();
  await client.chat(question, { state: as({ tenant: 'b' }) });
  expect(provider.attempts).toHaveLength(2);
  await clock.advance(20_000);
  await Promise.all(slow);
});

test('a call that waits for two limits in turn gets both', async () => {
  const { client, clock } = bench(
    (store) => [
      limit({
        store,
        rules: [
          { name: 'user', per: 'user', concurrency: 1 },
          { name: 'all', concurrency: 2 },
        ],
        queue: true,
      }),
    ],
    [wait(1000), ...say('x')],
  );
  const calls = ['a', 'a', 'b', 'b', 'a', 'b', 'c'].map((user) =>
    client.chat(question, { state: as({ user }) }),
  );
  await clock.advance(20_000);
  expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(Array(7).fill('x'));
  expect(clock.timers).toBe(0);
});

test('waits are told with what is waited for', async () => {
  const made = onePlace();
  const told: ChainEvent[] = [];
  const state = (to: State): void => listen(to, (event) => told.push(event));
  const calls = [made.client.chat(question, { state })];
  await settle();
  calls.push(made.client.chat(question, { state }));
  await made.clock.advance(1000);
  await Promise.all(calls);
  expect(told).toEqual([
    {
      type: 'limit-wait',
      limit: 'c',
      unit: 'concurrency',
      per: 'all',
      waiting: 1,
      waitMs: undefined,
    },
    {
      type: 'limit-waited',
      limit: 'c',
      unit: 'concurrency',
      per: 'all',
      waitedMs: expect.any(Number),
      admitted: true,
    },
  ]);
  expect((told[1] as { waitedMs: number }).waitedMs).toBeGreaterThan(0);
});

test('a place that another layer of this process frees is taken at once, one of another process within a second', async () => {
  for (const [sameProcess, within] of [
    [true, 5],
    [false, 1100],
  ] as const) {
    const clock = virtualClock();
    const store = memoryQuota({ clock });
    const provider = fakeProvider({ name: 'fake', script: [wait(5000), ...say('x')] });
    const near = remote(store, clock);
    const [first, second] = [near, sameProcess ? near : remote(store, clock)].map((seen) =>
      createClient({
        providers: [provider],
        clock,
        middleware: [
          limit({ store: seen, rules: [{ name: 'shared', concurrency: 1 }], queue: true }),
        ],
      }),
    );
    const holder = first?.chat(question);
    await clock.advance(10);
    const waiting = second?.chat(question);
    await clock.advance(5000);
    await holder;
    await clock.advance(within);
    expect(provider.attempts).toHaveLength(2);
    await clock.advance(10_000);
    await waiting;
    await clock.advance(100);
    expect(clock.timers).toBe(0);
  }
});

test('a crowd that waits for another process asks the store no more often than one call would', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const far = remote(store, clock);
  store.reserve({
    id: 'elsewhere',
    limits: [{ kind: 'places', key: 'caller|shared|concurrency||', limit: 1 }],
    leaseMs: 600_000,
  });
  const provider = fakeProvider({ name: 'fake', script: say('x') });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [limit({ store: far, rules: [{ name: 'shared', concurrency: 1 }], queue: true })],
  });
  const crowd = Array.from({ length: 200 }, (_, tenant) =>
    errorOf(client.chat(question, { state: as({ tenant: `${tenant}` }) })),
  );
  await clock.advance(5);
  const first = far.asked['reserve'] ?? 0;
  await clock.advance(29_000);
  // One look a second at most, and a few more while the time between them still doubles.
  expect((far.asked['reserve'] ?? 0) - first).toBeLessThan(70);
  await clock.advance(2000);
  expect((await Promise.all(crowd)).every(({ code }) => code === 'rate_limit')).toBe(true);
  await clock.advance(2000);
  expect(clock.timers).toBe(0);
});
