import { callId, type Call, type Middleware, type Next } from '@inferway/core';
import { auth, cost, fallback, pool, retry, standard, timeout } from '@inferway/core/middleware';
import {
  fail,
  fakeError,
  fakeProvider,
  say,
  settle,
  stall,
  usage,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { messages, prices, setUp } from './set-up.js';

describe('a row tells', () => {
  test('who called whom, when, for how long, and what it cost', async () => {
    const { chat, store, layer, clock } = setUp([wait(20), ...say('a b c')]);
    const running = chat({ tenant: 'acme', key: 'k', user: 'u', team: 't', tags: ['x', 'y'] });
    await clock.advance(100);
    await running;
    await layer.flush();
    expect(await store.all()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}:1$/u),
        callId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
        attempt: 1,
        at: 1_000_000,
        durationMs: 20,
        caller: { tenant: 'acme', key: 'k', user: 'u', team: 't', tags: ['x', 'y'] },
        operation: 'chat',
        provider: 'fake',
        model: 'm',
        status: 'complete',
        inputTokens: 10,
        outputTokens: 3,
        cost: 16_000,
        costSource: 'price',
        possiblyBilled: false,
      },
    ]);
  });

  test('which credential, server and request it was', async () => {
    const script = [
      { do: 'accept', meta: { servedBy: 'together', requestId: 'r-1' } } as const,
      ...say('x').slice(1),
    ];
    const { chat, store, layer } = setUp(script, {}, [
      cost({ prices }),
      auth({ fake: pool(['sk-1'], { ids: ['first'] }) }),
    ]);
    await chat();
    await layer.flush();
    expect(await store.all()).toMatchObject([
      { credential: 'first', servedBy: 'together', requestId: 'r-1' },
    ]);
  });

  test('an unknown cost as unknown, never 0: no price, no usage, no cost in the chain', async () => {
    for (const inside of [[cost()], []]) {
      const { chat, store, layer } = setUp(say('x'), {}, inside);
      await chat();
      await layer.flush();
      const [row] = await store.all();
      expect(row).toMatchObject({ costSource: 'unknown', inputTokens: 10, possiblyBilled: false });
      expect(row).not.toHaveProperty('cost');
      expect(await store.sum({})).toMatchObject([{ cost: 0, unknown: 1, attempts: 1 }]);
    }
  });

  test('an estimate as an estimate, and a refusal as not billed', async () => {
    const { chat, store, layer } = setUp((_call, attempt) =>
      attempt === 1
        ? say('sixteen letters!', { usage: null })
        : [fail(fakeError('rate_limit', { status: 429 }))],
    );
    await chat();
    await errorOf(chat());
    await layer.flush();
    expect(await store.all()).toMatchObject([
      { status: 'complete', costSource: 'estimate', cost: expect.any(Number) },
      { status: 'failed', error: 'rate_limit', costSource: 'none', cost: 0, possiblyBilled: false },
    ]);
  });

  test('a broken connection as possibly billed, also without cost', async () => {
    for (const inside of [[cost({ prices })], []]) {
      const { chat, store, layer } = setUp(
        [fail(fakeError('connection', { sent: 'maybe' }))],
        {},
        inside,
      );
      await errorOf(chat());
      await layer.flush();
      expect(await store.all()).toMatchObject([{ status: 'failed', possiblyBilled: true }]);
    }
  });

  test('counts that are none as absent, so that the rest of the row is written', async () => {
    const { chat, store, layer } = setUp(
      say('x', {
        usage: {
          inputTokens: Number.NaN,
          outputTokens: -1,
          reasoningTokens: 1.5,
          cacheReadTokens: 2,
        },
      }),
    );
    await chat();
    await layer.flush();
    const [row] = await store.all();
    expect(row).toMatchObject({ cacheReadTokens: 2, costSource: 'unknown' });
    expect(Object.keys(row ?? {})).not.toContain('inputTokens');
  });

  test('labels cut to what databases index, whole characters only, and ids of calls that are too long replaced', async () => {
    const { client, store, layer } = setUp(say('x'));
    const long = '😀'.repeat(1000);
    await (client as never as { chat: (...given: unknown[]) => Promise<unknown> }).chat(
      { model: 'fake/m', messages },
      { state: (state: { set: (...given: unknown[]) => void }) => state.set(callId, long) },
    );
    await layer.flush();
    const [row] = await store.all();
    expect(row?.callId.length).toBe(400);
    expect(row?.callId.isWellFormed()).toBe(true);
    expect(row?.id).toMatch(/^[0-9a-f-]{36}:1$/u);
  });
});

describe('one row for each attempt', () => {
  test('retried and fallen back, each at the price of its own model (F62)', async () => {
    const flaky = fakeProvider({
      name: 'fake',
      script: (_call, attempt) => [
        usage({ inputTokens: 100 * attempt, outputTokens: 1 }),
        ...say('x').slice(0, 3),
        fail('stream_interrupted'),
      ],
    });
    const other = fakeProvider({ name: 'other', script: say('a b') });
    const inside = [fallback('other/n'), retry({ attempts: 2 }), cost({ prices })];
    const { stream, store, layer, clock } = setUp([flaky, other], {}, inside);
    const opened = stream();
    await clock.advance(60_000);
    await (await opened).result.catch(() => {});
    await layer.flush();
    const rows = await store.all();
    expect(rows.length).toBe(flaky.attempts.length + other.attempts.length);
    for (const row of rows) {
      const [input, output] = row.provider === 'fake' ? [1, 2] : [10, 20];
      expect(row.cost).toBe(
        (row.inputTokens ?? 0) * input * 1000 + (row.outputTokens ?? 0) * output * 1000,
      );
    }
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ callId: id }) => id)).size).toBe(1);
  });

  test('retried before its answer, unary', async () => {
    const { chat, store, layer, clock } = setUp(
      (_call, attempt) => (attempt < 3 ? [fail('timeout')] : say('a')),
      {},
      [retry({ attempts: 4 }), cost({ prices })],
    );
    const running = chat();
    await clock.advance(60_000);
    await running;
    await layer.flush();
    expect(
      (await store.all()).map(({ attempt, status, possiblyBilled }) => [
        attempt,
        status,
        possiblyBilled,
      ]),
    ).toEqual([
      [1, 'failed', true],
      [2, 'failed', true],
      [3, 'complete', false],
    ]);
  });

  test('of a stream at its end: complete, broken, left, never read and cancelled', async () => {
    const half = say('one two three').slice(0, 5);
    const { stream, store, layer, clock } = setUp(
      (_call, attempt) =>
        attempt === 1
          ? say('a')
          : attempt === 2
            ? [...half, fail('connection')]
            : [...half, stall()],
      {},
      [cost({ prices }), timeout({ totalMs: 1000 })],
    );
    await (
      await stream()
    ).result;
    await (await stream()).result.catch(() => {});
    for await (const _event of await stream()) break;
    const unread = await stream();
    await layer.flush();
    expect((await store.all()).map(({ status }) => status)).toEqual([
      'complete',
      'failed',
      'cancelled',
    ]);
    expect(layer.state).toEqual({ running: 1, waiting: 0 });
    await clock.advance(2000);
    await unread.result.catch(() => {});
    await layer.flush();
    expect((await store.all()).at(-1)).toMatchObject({ status: 'failed', error: 'timeout' });
    expect(layer.state).toEqual({ running: 0, waiting: 0 });
  });

  test('of a call that was cancelled while it waited', async () => {
    const { chat, store, layer } = setUp([stall()]);
    const controller = new AbortController();
    const running = chat(undefined, { signal: controller.signal });
    await settle();
    controller.abort();
    await errorOf(running);
    await settle();
    await layer.flush();
    expect(await store.all()).toMatchObject([
      { status: 'cancelled', error: 'aborted', possiblyBilled: true },
    ]);
  });

  test('of racing attempts, the loser too', async () => {
    const race: Middleware = (async (call: Call, next: Next) => {
      const loser = new AbortController();
      const slow = next({ ...call, signal: loser.signal }).catch((reason: unknown) => reason);
      const answer = await next(call);
      loser.abort();
      await slow;
      return answer;
    }) as Middleware;
    const { chat, store, layer } = setUp(
      (_call, attempt) => (attempt === 1 ? [stall()] : say('a')),
      {},
      [race, cost({ prices })],
    );
    await chat();
    await layer.flush();
    expect((await store.all()).map(({ attempt, status }) => [attempt, status])).toEqual([
      [2, 'complete'],
      [1, 'cancelled'],
    ]);
  });

  test('also where it is met once an attempt, inside of retry', async () => {
    const { chat, layer, store, clock } = setUp(
      (_call, attempt) => (attempt === 1 ? [fail('overloaded')] : say('a')),
      {},
      [cost({ prices })],
      [retry()],
    );
    const running = chat();
    await clock.advance(60_000);
    await running;
    await layer.flush();
    expect((await store.all()).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test('and none of a call that reached no provider', async () => {
    const { client, store, layer } = setUp(say('a'));
    await errorOf(
      (client as never as { chat: (given: unknown) => Promise<unknown> }).chat({
        model: 'nobody/m',
        messages,
      }),
    );
    await layer.flush();
    expect(await store.all()).toEqual([]);
  });
});

describe('its place', () => {
  test('inside of cost is refused, with the cure', async () => {
    const { layer, chat } = setUp(say('a'), {}, []);
    expect(typeof layer).toBe('function');
    await chat();
    const wrong = setUp(say('a'), {}, []);
    const misplaced = setUp(say('a'), {}, [cost({ prices }), wrong.layer]);
    expect(await errorOf(misplaced.chat())).toMatchObject({
      code: 'configuration',
      param: 'middleware',
    });
    expect(await wrong.store.all()).toEqual([]);
  });

  test('in standard() is outside of budget, retry and cost', () => {
    const { layer } = setUp(say('a'));
    const chain = standard({ ledger: layer });
    const names = chain.map(({ name }) => name);
    expect(names.indexOf('ledger')).toBeLessThan(names.indexOf('retry'));
    expect(names.indexOf('retry')).toBeLessThan(names.indexOf('cost'));
  });
});
