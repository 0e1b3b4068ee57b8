import { InferwayError, listen, type ChainEvent } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { ledger, type LedgerOptions } from '@inferway/core/spending';
import { memoryLedger } from '@inferway/core/stores';
import { cost } from '@inferway/core/middleware';
import { fail, say, settle, stall, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { messages, prices, setUp } from './set-up.js';

const down = new InferwayError('connection', { message: 'test: the ledger is down' });

describe('rows go to the ledger', () => {
  test('in batches, behind the calls: the first row waits batchMs, a full batch does not wait', async () => {
    const { chat, store, clock } = setUp(say('a'), { batchRows: 3, batchMs: 100 });
    await chat();
    await chat();
    await clock.advance(99);
    expect(store.batches).toEqual([]);
    await clock.advance(1);
    expect(store.batches).toEqual([2]);
    for (let n = 0; n < 7; n++) await chat();
    await settle();
    expect(store.batches.slice(0, 2)).toEqual([2, 3]);
    await clock.advance(100);
    expect(store.batches.reduce((sum, rows) => sum + rows)).toBe(9);
    expect((await store.all()).length).toBe(9);
    expect(clock.timers).toBe(0);
  });

  test('once, however often the ledger failed or hung; told once an outage (F68)', async () => {
    const { chat, store, clock, notices } = setUp(say('a'), {
      batchMs: 100,
      retryMs: 1000,
      appendTimeoutMs: 5000,
    });
    store.down = down;
    for (let n = 0; n < 5; n++) {
      await chat();
      await clock.advance(3000);
    }
    expect(store.batches.length).toBeGreaterThan(2);
    store.down = undefined;
    store.frozen = true;
    await clock.advance(60_000);
    expect(notices.map(({ type }) => type)).toEqual(['outage']);
    expect(notices[0]).toMatchObject({ error: down, waiting: 1 });
    store.frozen = false;
    await clock.advance(60_000);
    expect(notices.map(({ type }) => type)).toEqual(['outage', 'restored']);
    expect(store.given.length).toBe(5);
    expect((await store.all()).length).toBe(5);
    store.down = down;
    await chat();
    await clock.advance(1000);
    expect(notices.map(({ type }) => type)).toEqual(['outage', 'restored', 'outage']);
  });

  test('with longer and longer waits between its failures, up to maxRetryMs', async () => {
    const { chat, store, clock } = setUp(say('a'), { batchMs: 1, retryMs: 100, maxRetryMs: 2000 });
    store.down = down;
    await chat();
    await clock.advance(60_000);
    // Without the backoff there would be hundreds; at 2 seconds and their halves, 30 to 70.
    expect(store.batches.length).toBeGreaterThan(28);
    expect(store.batches.length).toBeLessThan(70);
  });

  test('also beside one that the ledger refuses for what it is, which is told and not tried again', async () => {
    const { chat, store, layer, notices } = setUp(say('a'), { batchRows: 100 });
    store.down = down;
    for (let n = 0; n < 9; n++) await chat();
    await errorOf(layer.flush());
    store.down = undefined;
    const plain = store.append.bind(store);
    let fourth: string | undefined;
    store.append = (rows) => {
      fourth ??= rows[3]?.id;
      store.poison = fourth;
      return plain(rows);
    };
    await layer.flush();
    expect((await store.all()).length).toBe(8);
    expect(notices.filter(({ type }) => type === 'unwritable')).toMatchObject([
      { row: { id: fourth } },
    ]);
    expect(layer.state.waiting).toBe(0);
  });

  test('and what a listener of notices throws breaks nothing', async () => {
    const { chat, store, layer } = setUp(say('a'), {
      onNotice: () => {
        throw new Error('test: a broken listener');
      },
    });
    store.down = down;
    await chat();
    expect(await errorOf(layer.flush())).toBe(down);
    store.down = undefined;
    await layer.flush();
    expect((await store.all()).length).toBe(1);
  });
});

describe('without room', () => {
  test('calls are refused, never retried, with the time to come again; and made again when there is room', async () => {
    const told: ChainEvent[] = [];
    const { chat, store, clock, notices, client } = setUp(
      say('a'),
      { maxRows: 4, batchRows: 4, retryMs: 1000 },
      [retry(), cost({ prices })],
    );
    store.down = down;
    for (let n = 0; n < 4; n++) await chat();
    await settle();
    const error = await errorOf(chat());
    expect(error).toMatchObject({
      code: 'overloaded',
      retryable: false,
      fallbackable: false,
      httpStatus: 503,
      retryAfterMs: expect.any(Number),
    });
    expect(error.message).toMatch(/maxRows/u);
    expect(error.attempts ?? []).toEqual([]);
    await errorOf(
      (client as never as { chat: (...given: unknown[]) => Promise<unknown> }).chat(
        { model: 'fake/m', messages },
        {
          state: (state: Parameters<typeof listen>[0]) =>
            listen(state, (event) => told.push(event)),
        },
      ),
    );
    expect(told).toMatchObject([{ type: 'ledger-refused', reason: 'rows' }]);
    store.down = undefined;
    await clock.advance(2000);
    await chat();
    await clock.advance(2000);
    expect((await store.all()).length).toBe(5);
    expect(notices.map(({ type }) => type)).toEqual(['outage', 'full', 'restored', 'room']);
    expect(notices.at(-1)).toMatchObject({ refused: 2, dropped: 0 });
  });

  test('attempts that run hold room for their rows', async () => {
    const { chat } = setUp([stall()], { maxRows: 2, batchRows: 1 });
    const running = [chat(), chat()].map((one) => one.catch(() => {}));
    await settle();
    expect(await errorOf(chat())).toMatchObject({ code: 'overloaded' });
    expect(running.length).toBe(2);
  });

  test('calls go on and rows are counted as dropped, where that is chosen', async () => {
    const { chat, store, clock, notices } = setUp(say('a'), {
      maxRows: 2,
      batchRows: 2,
      whenFull: 'drop',
    });
    store.down = down;
    for (let n = 0; n < 5; n++) await chat();
    store.down = undefined;
    await clock.advance(60_000);
    await chat();
    await clock.advance(1000);
    expect((await store.all()).length).toBe(3);
    expect(notices.find(({ type }) => type === 'room')).toMatchObject({ dropped: 3, refused: 0 });
  });
});

describe('at the end of a program (F71)', () => {
  test('close waits for running attempts, writes all and refuses what comes later', async () => {
    const { stream, chat, store, layer, clock } = setUp(say('a b'));
    const opened = await stream();
    const closing = layer.close({ graceMs: 1000 });
    await settle();
    expect(await errorOf(chat())).toMatchObject({
      code: 'overloaded',
      message: expect.stringMatching(/closed/u),
    });
    await opened.result;
    await closing;
    expect(await store.all()).toMatchObject([{ status: 'complete', cost: 14_000 }]);
    expect(clock.timers).toBe(0);
  });

  test('what does not end in time is written as abandoned: estimated, possibly billed, once', async () => {
    const { stream, store, layer, clock } = setUp([...say('a b').slice(0, 4), stall()]);
    const opened = await stream();
    const closing = layer.close({ graceMs: 1000 });
    await clock.advance(1000);
    await closing;
    for await (const _event of opened) break;
    expect(layer.state).toEqual({ running: 0, waiting: 0 });
    const [row, ...more] = await store.all();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      status: 'abandoned',
      costSource: 'estimate',
      possiblyBilled: true,
    });
    expect(row?.cost).toBeGreaterThan(10_000);
  });

  test('a call that retries after the close makes no attempt whose row nobody would write', async () => {
    const { chat, store, layer, clock } = setUp([fail('overloaded')], {}, [
      retry({ attempts: 3 }),
      cost({ prices }),
    ]);
    const running = errorOf(chat());
    await settle();
    await layer.close({ graceMs: 0 });
    await clock.advance(60_000);
    expect(await running).toMatchObject({ code: 'overloaded' });
    expect((await store.all()).length).toBe(1);
    expect(layer.state).toEqual({ running: 0, waiting: 0 });
  });

  test('close fails where rows are lost by it, and says how many', async () => {
    const { chat, store, layer, clock, notices } = setUp(say('a'));
    store.down = down;
    await chat();
    expect(await errorOf(layer.close())).toBe(down);
    expect(notices.at(-1)).toEqual({ type: 'unwritten', rows: 1, kept: false });
    expect(clock.timers).toBe(0);
  });
});

describe('bad options are refused, by name', () => {
  const base = { ledger: memoryLedger(), clock: virtualClock() };
  test.each<[string, Partial<Record<keyof LedgerOptions, unknown>>]>([
    ['ledger', { ledger: undefined }],
    ['batchRows', { batchRows: 0 }],
    ['batchMs', { batchMs: Number.NaN }],
    ['maxRows', { maxRows: -1 }],
    ['maxRows', { maxRows: 10, batchRows: 20 }],
    ['whenFull', { whenFull: 'block' }],
    ['appendTimeoutMs', { appendTimeoutMs: 2 ** 31 }],
    ['retryMs', { retryMs: 0 }],
    ['maxRetryMs', { retryMs: 1000, maxRetryMs: 10 }],
    ['recoverMs', { recoverMs: Infinity }],
  ])('%s: %j', (param, options) => {
    expect(() => ledger({ ...base, ...options } as LedgerOptions)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });
});
