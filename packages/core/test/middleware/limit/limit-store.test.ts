import { callId, createClient, type State } from '@inferway/core';
import { limit, limitTargets, type LimitOptions, type LimitRule } from '@inferway/core/limits';
import { retry } from '@inferway/core/middleware';
import { memoryQuota, type QuotaStore } from '@inferway/core/stores';
import {
  fakeError,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { leaseKeeperOf } from '../../../src/stores/lease-keeper.js';
import { bench, question, remote } from './limit-helpers.js';

const rules: LimitRule[] = [{ name: 'c', concurrency: 2 }];
const places = { kind: 'places', key: 'caller|c|concurrency||', limit: 2 } as const;

function farBench(script = say('x'), queue: LimitOptions['queue'] = false) {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const far = remote(store, clock, 20);
  const provider = fakeProvider({ name: 'fake', script });
  const layer = limit({ store: far, rules, queue, leaseMs: 30_000 });
  const client = createClient({ providers: [provider], clock, middleware: [layer] });
  const held = async (): Promise<number | undefined> => (await store.read([places]))[0]?.used;
  return { clock, store, far, provider, client, held };
}

test('a decision is one round trip, and the answer does not wait for the settlement', async () => {
  const { client, clock, far } = farBench();
  const answer = client.chat(question);
  await clock.advance(20);
  expect((await answer).text).toBe('x');
  expect(far.asked).toEqual({ reserve: 1, settle: 1 });
  await clock.advance(100);
  expect(clock.timers).toBe(0);
});

test.each(['throw', 'reject'] as const)(
  'a store that fails (%s) lets nobody in, and says so (F67, F68)',
  async (manner) => {
    for (const make of [limit, limitTargets]) {
      const clock = virtualClock();
      const far = remote(memoryQuota({ clock }), clock);
      far.manner = manner;
      const provider = fakeProvider({ name: 'fake', script: say('x') });
      const client = createClient({
        providers: [provider],
        clock,
        middleware: [retry(), make({ store: far, rules })],
      });
      const failing = errorOf(client.chat(question));
      await clock.advance(10);
      expect(await failing).toMatchObject({
        code: 'overloaded',
        httpStatus: 503,
        retryable: false,
        fallbackable: false,
        sent: 'no',
      });
      expect((await failing).cause).toBeInstanceOf(Error);
      expect(provider.attempts).toHaveLength(0);
      expect(far.asked).toEqual({ reserve: 1 });
      far.manner = 'answer';
      const answer = client.chat(question);
      await clock.advance(10);
      expect((await answer).text).toBe('x');
      await clock.advance(10);
      expect(clock.timers).toBe(0);
    }
  },
);

test('a store that fails refuses those who wait as well', async () => {
  const { client, clock, far } = farBench([wait(10_000), ...say('x')], true);
  const calls = [0, 1].map(() => client.chat(question));
  await clock.advance(50);
  const waiting = [0, 1, 2].map(() => errorOf(client.chat(question)));
  await clock.advance(50);
  far.manner = 'reject';
  await clock.advance(5000);
  expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual([
    'overloaded',
    'overloaded',
    'overloaded',
  ]);
  await clock.advance(10_000);
  await Promise.all(calls);
  await clock.advance(1000);
  expect(clock.timers).toBe(0);
});

test('an abort while the store is asked rejects at once, and what it grants later is given back', async () => {
  const { client, clock, held, far } = farBench();
  const { controller, signal, count } = countingSignal();
  const leaving = errorOf(client.chat(question, { signal }));
  await clock.advance(15);
  expect(await held()).toBe(1);
  controller.abort();
  await settle();
  expect((await leaving).code).toBe('aborted');
  await clock.advance(100);
  expect(await held()).toBe(0);
  expect(count()).toBe(0);
  expect(clock.timers).toBe(0);
  // Nor does a store that hangs keep anybody.
  far.manner = 'hang';
  const stuck = errorOf(client.chat(question, { timeoutMs: 50 }));
  await clock.advance(50);
  expect((await stuck).code).toBe('timeout');
  expect(clock.timers).toBe(0);
});

test('leases of long streams are renewed together by one timer, which ends with the last of them (F66)', async () => {
  const { client, clock, held, far } = farBench([...say('a b').slice(0, 4), stall()]);
  const streams = [0, 1].map(() => client.chat.stream(question));
  await clock.advance(40);
  const open = await Promise.all(streams);
  expect(clock.timers).toBe(1);
  await clock.advance(300_000);
  expect(await held()).toBe(2);
  expect(far.asked['renew']).toBe(30);
  for (const stream of open) stream.cancel();
  await clock.advance(40);
  expect(await held()).toBe(0);
  expect(clock.timers).toBe(0);
});

test('thousands of leases are renewed in several steps, so that none holds up the store', async () => {
  const clock = virtualClock();
  const renewed: number[] = [];
  const store: QuotaStore = {
    ...({} as QuotaStore),
    renew: (ids) => void renewed.push(ids.length),
  };
  const keeper = leaseKeeperOf(store, clock, 3000);
  expect(leaseKeeperOf(store, clock, 3000)).toBe(keeper);
  const ids = Array.from({ length: 2500 }, () => keeper.nextId());
  expect(new Set(ids).size).toBe(2500);
  const leases = ids.map((id) => keeper.hold(id));
  await clock.advance(1000);
  expect(renewed).toEqual([1000, 1000, 500]);
  for (const lease of leases) keeper.release(lease);
  expect(clock.timers).toBe(0);
});

test('a process that dies holds its places no longer than the lease (F66)', async () => {
  const { client, clock, store, held, far } = farBench([...say('a b').slice(0, 4), stall()]);
  const open = [0, 1].map(() => client.chat.stream(question));
  await clock.advance(40);
  expect(await held()).toBe(2);
  // Nothing of it reaches the store any more.
  far.manner = 'hang';
  const survivor = createClient({
    providers: [fakeProvider({ name: 'fake', script: say('x') })],
    clock,
    middleware: [limit({ store, rules })],
  });
  expect((await errorOf(survivor.chat(question))).code).toBe('rate_limit');
  await clock.advance(30_000);
  expect((await survivor.chat(question)).text).toBe('x');
  expect(open).toHaveLength(2);
});

test('a store that fails to settle or renew breaks no answer', async () => {
  const { client, clock, far, held } = farBench([wait(60_000), ...say('x')]);
  const answer = client.chat(question);
  await clock.advance(30);
  for (const manner of ['reject', 'throw'] as const) {
    far.manner = manner;
    await clock.advance(12_000);
  }
  far.manner = 'reject';
  await clock.advance(60_000);
  expect((await answer).text).toBe('x');
  await clock.advance(40_000);
  expect(await held()).toBe(0);
  expect(clock.timers).toBe(0);
});

test('a store that never answers one call of the queue keeps the others no longer than that one waits', async () => {
  const { client, clock, far } = farBench([wait(500), ...say('x')], { maxWaitMs: 60_000 });
  const calls = [0, 1].map(() => client.chat(question));
  await clock.advance(50);
  const hanging = errorOf(client.chat(question, { timeoutMs: 2000 }));
  const behind = client.chat(question);
  await clock.advance(20);
  far.manner = 'hang';
  await clock.advance(600);
  far.manner = 'answer';
  await clock.advance(1500);
  expect((await hanging).code).toMatch(/timeout|rate_limit/u);
  // What it could not settle is free with the lease.
  await clock.advance(31_000);
  expect((await behind).text).toBe('x');
  await Promise.all(calls);
  await clock.advance(31_000);
  expect(clock.timers).toBe(0);
});

test('a call that leaves the queue while the store is asked gives back what it is granted', async () => {
  const { client, clock, held } = farBench([wait(500), ...say('x')], true);
  const calls = [0, 1].map(() => client.chat(question));
  await clock.advance(50);
  const controller = new AbortController();
  const leaving = errorOf(client.chat(question, { signal: controller.signal }));
  // The first two are settled at about 530, and the store is asked again at once.
  while ((await held()) === 2) await clock.advance(1);
  while ((await held()) !== 1) await clock.advance(1);
  await clock.advance(1);
  controller.abort();
  expect((await leaving).code).toBe('aborted');
  await clock.advance(200);
  await Promise.all(calls);
  expect(await held()).toBe(0);
  expect(clock.timers).toBe(0);
});

test('what a store’s own policy for outages says is passed on as it is', async () => {
  const clock = virtualClock();
  const said = fakeError('overloaded', { retryAfterMs: 700, retryable: false });
  const closed = {
    ...memoryQuota({ clock }),
    reserve: () => {
      throw said;
    },
  } as unknown as QuotaStore;
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    clock,
    middleware: [limit({ store: closed, rules })],
  });
  expect(await errorOf(client.chat({ ...question, model: 'fake/m' }))).toBe(said);
});

test('an id that a caller chooses lets nobody in twice', async () => {
  const { client, clock } = bench(
    (store) => [limit({ store, rules: [{ concurrency: 1 }] })],
    [wait(1000), ...say('x')],
  );
  const state = (to: State): void => to.set(callId, 'same');
  const first = client.chat(question, { state });
  await settle();
  expect((await errorOf(client.chat(question, { state }))).code).toBe('rate_limit');
  await clock.advance(1000);
  await first;
});

test('limits hold over processes: two clients on one store let in together what one may (F64)', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const provider = fakeProvider({ name: 'fake', script: say('x') });
  const clients = [0, 1, 2].map(() =>
    createClient({
      providers: [provider],
      clock,
      middleware: [
        limit({ store: remote(store, clock), rules: [{ windowMs: 60_000, requests: 10 }] }),
      ],
    }),
  );
  const calls = Array.from({ length: 300 }, (_, call) =>
    clients[call % 3]?.chat(question).catch(() => undefined),
  );
  await clock.advance(100);
  await Promise.all(calls);
  expect(provider.attempts).toHaveLength(10);
});
