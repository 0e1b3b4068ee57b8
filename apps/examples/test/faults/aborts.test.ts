import { aroundAttempts, InferwayError, type Middleware } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { fallback, retry } from '@inferway/core/middleware';
import { hedge } from '@inferway/core/resilience';
import { memoryQuota, type QuotaStore } from '@inferway/core/stores';
import { jsonAnswer } from '@inferway/provider-kit/testing';
import { describe, expect, test } from 'vitest';
import { always, ask, codeOf, silent, start, streamed, type Rig, type RigOptions } from './rig.js';

// Much less than any wait of these chains, much more than a busy machine takes. What is promised is 50 ms.
const SOON_MS = 1000;

interface Phase {
  readonly rig: RigOptions;
  /** Whether the call is where the abort shall find it. */
  readonly there: (rig: Rig) => boolean;
  /** Sockets that must close: how many connections of the first provider. */
  readonly sockets: number;
  /** Calls before it, which hold what it waits for. */
  readonly before?: (rig: Rig, signal: AbortSignal) => Promise<unknown>;
}

const failing = always(jsonAnswer(503, { error: { message: 'busy' } }));
const slow: QuotaStore = Object.assign(Object.create(memoryQuota()) as QuotaStore, {
  reserve: () => new Promise<never>(() => {}),
});

const PHASES: Readonly<Record<string, Phase>> = {
  'before headers': {
    rig: { first: silent },
    there: ({ first }) => first.requests.length === 1,
    sockets: 1,
  },
  'while all places are taken': {
    rig: { first: silent, places: 1 },
    there: ({ quota }) => quota.refused > 0,
    sockets: 1,
    before: ({ client }, signal) =>
      client.chat({ ...ask, messages: [{ role: 'user', content: 'Other.' }] }, { signal }),
  },
  'while the store is asked': {
    rig: { store: slow },
    there: () => true,
    sockets: 0,
  },
  'between two attempts': {
    rig: {
      first: failing,
      layers: { retry: retry({ baseMs: 60_000, maxMs: 60_000 }), fallback: false },
    },
    there: ({ first }) => first.requests.length === 1,
    sockets: 0,
  },
  'after it fell back': {
    rig: {
      first: failing,
      second: silent,
      layers: { fallback: fallback('second/m'), retry: retry({ attempts: 1 }) },
    },
    there: ({ second }) => second.requests.length === 1,
    sockets: 0,
  },
  'while two copies run': {
    rig: { first: silent, layers: { hedge: hedge({ delayMs: 5, share: 1 }) } },
    there: ({ first }) => first.requests.length === 2,
    sockets: 2,
  },
  'while it shares another call': {
    rig: { first: silent, layers: { coalesce: coalesce({ scope: () => 'tenant' }) } },
    there: ({ first }) => first.requests.length === 1,
    sockets: 1,
    before: ({ client }, signal) => client.chat(ask, { signal }),
  },
};

describe('an abort (F38)', () => {
  test.each(Object.entries(PHASES))(
    '%s ends the call at once, closes its sockets and leaves nothing behind (F38)',
    async (_name, phase) => {
      const rig = await start(phase.rig);
      const controller = new AbortController();
      const earlier = phase.before?.(rig, controller.signal);
      const first = earlier && codeOf(earlier);
      if (earlier !== undefined) await expect.poll(() => rig.first.requests.length).toBe(1);
      const own = new AbortController();
      const call = codeOf(rig.client.chat(ask, { signal: own.signal }));
      await expect.poll(() => phase.there(rig), { timeout: 5000, interval: 2 }).toBe(true);
      const requests = rig.first.requests.length + rig.second.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const from = performance.now();
      own.abort();
      expect(await call).toBe('aborted');
      expect(performance.now() - from).toBeLessThan(SOON_MS);
      controller.abort();
      if (first !== undefined) expect(await first).toBe('aborted');
      await Promise.all(rig.first.connections.slice(0, phase.sockets).map(({ closed }) => closed));
      // No further attempt, no reservation, no timer.
      await expect.poll(() => rig.quota.held.size).toBe(0);
      await expect.poll(() => rig.clock.timers).toBe(0);
      expect(rig.first.requests.length + rig.second.requests.length).toBe(requests);
    },
  );

  test('in the body ends the stream at once, keeps what came, and closes the socket (F38)', async () => {
    const rig = await start({ first: streamed(2) });
    const controller = new AbortController();
    const stream = await rig.client.chat.stream(ask, { signal: controller.signal });
    let text = '';
    const read = (async () => {
      for await (const event of stream) if (event.type === 'text-delta') text += event.text;
    })();
    const code = codeOf(read);
    await expect.poll(() => text).toBe('word0 word1 ');
    controller.abort();
    expect(await code).toBe('aborted');
    await rig.first.connections[0]?.closed;
    await expect.poll(() => rig.quota.held.size).toBe(0);
    await expect.poll(() => rig.clock.timers).toBe(0);
    await rig.flush();
    expect((await rig.books.sum({}))[0]).toMatchObject({ attempts: 1 });
  });
});

test('who leaves the loop of a stream closes its socket, pays what came and holds nothing (F39)', async () => {
  const rig = await start({ first: streamed(3) });
  for await (const event of await rig.client.chat.stream(ask)) {
    if (event.type === 'text-delta') break;
  }
  await rig.first.connections[0]?.closed;
  await expect.poll(() => rig.quota.held.size).toBe(0);
  await expect.poll(() => rig.clock.timers).toBe(0);
  await rig.flush();
  const [row] = (await rig.books.rows({})).rows;
  expect(row).toMatchObject({ status: 'cancelled', costSource: 'estimate' });
  expect(row?.cost).toBeGreaterThan(0);
  const [state] = await rig.budget.states();
  expect(state).toMatchObject({ spent: row?.cost, reserved: 0 });
});

describe('a layer that throws after it was given a stream', () => {
  const thrown = new InferwayError('overloaded', { message: 'Not this one.', fallbackable: false });
  const outside: Middleware = async (call, next) => {
    await next(call);
    throw thrown;
  };
  const around =
    (error: InferwayError): Middleware =>
    (call, next) => {
      aroundAttempts(call.state, async (inner, { provider }, send) => {
        const reply = await send(inner);
        if (provider === 'first') throw error;
        return reply;
      });
      return next(call);
    };

  test.each([
    ['around the chain', outside],
    ['around the attempt', around(thrown)],
  ])(
    '%s closes its socket, pays what it may cost and holds nothing (F39)',
    async (_where, layer) => {
      const rig = await start({ first: streamed(3), layers: { outer: [layer], retry: false } });
      expect(await codeOf(rig.client.chat.stream(ask))).toBe('overloaded');
      await rig.first.connections[0]?.closed;
      await expect.poll(() => rig.quota.held.size).toBe(0);
      await expect.poll(() => rig.clock.timers).toBe(0);
      await rig.flush();
      const [row] = (await rig.books.rows({})).rows;
      expect(row).toMatchObject({ status: 'cancelled', costSource: 'estimate' });
      const [state] = await rig.budget.states();
      expect(state).toMatchObject({ spent: row?.cost, reserved: 0 });
    },
  );

  test('around the attempt closes it also where another target answers (F39)', async () => {
    const busy = new InferwayError('overloaded', { message: 'Not this one.' });
    const rig = await start({
      first: streamed(3),
      second: streamed(3),
      layers: { outer: [around(busy)], retry: false },
    });
    const stream = await rig.client.chat.stream(ask);
    await rig.first.connections[0]?.closed;
    expect(stream.meta).toMatchObject({
      provider: 'second',
      attempts: [{ provider: 'first', error: 'overloaded' }, { provider: 'second' }],
    });
    for await (const event of stream) if (event.type === 'text-delta') break;
    await expect.poll(() => rig.quota.held.size).toBe(0);
  });
});
