import { InferwayError } from '@inferway/core';
import { fallback, retry } from '@inferway/core/middleware';
import {
  accept,
  emit,
  fail,
  fakeError,
  ignoreCancel,
  say,
  settle,
  stall,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf, INPUT_BOUND, nanosOf } from './bench.js';

const all = (tokens: number, more: object = {}) =>
  [{ name: 'all', usd: dollarsOf(tokens), period: 'total', ...more }] as const;
const used = (inputTokens: number, outputTokens: number) =>
  say('x', { usage: { inputTokens, outputTokens } });

describe('an attempt', () => {
  test('holds the most that it can cost, and is counted at what it cost', async () => {
    const { ask, layer, told, clock } = bench(used(10, 5), { budgets: all(1000) });
    await ask();
    expect(await layer.states()).toEqual([
      {
        budget: 'all',
        per: 'all',
        value: '',
        period: 'total',
        limit: nanosOf(1000),
        spent: nanosOf(15),
        reserved: 0,
      },
    ]);
    expect(told).toMatchObject([
      {
        type: 'budget',
        decision: 'reserved',
        attempt: 1,
        amount: nanosOf(INPUT_BOUND + 100),
        assumed: [],
        budgets: [{ spent: 0, reserved: nanosOf(INPUT_BOUND + 100) }],
      },
      {
        type: 'budget',
        decision: 'settled',
        attempt: 1,
        amount: nanosOf(15),
        estimated: false,
        budgets: [{ spent: nanosOf(15), reserved: 0 }],
      },
    ]);
    expect(clock.timers).toBe(0);
  });

  test('of a stream is held until its end, however it ends', async () => {
    const { stream, layer, clock } = bench(
      [
        accept(),
        emit({ type: 'text-delta', index: 0, text: 'four' }),
        wait(50),
        emit({ type: 'end' }),
      ],
      { budgets: all(1000) },
    );
    const opened = await stream();
    expect((await layer.states())[0]).toMatchObject({
      spent: 0,
      reserved: nanosOf(INPUT_BOUND + 100),
    });
    await opened[Symbol.asyncIterator]().next();
    await opened[Symbol.asyncIterator]().return?.();
    await settle();
    const [left] = await layer.states();
    expect(left).toMatchObject({ reserved: 0 });
    expect(left?.spent).toBeGreaterThan(0);
    expect(left?.spent).toBeLessThan(nanosOf(20));
    expect(clock.timers).toBe(0);
  });

  test('keeps its money as long as it runs, however long that is', async () => {
    const { stream, layer, clock } = bench(
      [accept(), emit({ type: 'text-delta', index: 0, text: 'x' }), stall()],
      { budgets: all(1000) },
    );
    const controller = new AbortController();
    await stream({}, {}, { signal: controller.signal });
    await clock.advance(600_000);
    const reserved = nanosOf(INPUT_BOUND + 100);
    expect((await layer.states())[0]).toMatchObject({ spent: 0, reserved });
    controller.abort();
    expect((await layer.states())[0]).toMatchObject({ reserved: 0 });
    expect(clock.timers).toBe(0);
  });

  test('is counted where it failed and is billed all the same, and not where it was refused (F62)', async () => {
    const refusedAtFirst = bench(
      (_call, attempt) =>
        attempt === 1 ? [fail(fakeError('overloaded', { status: 503 }))] : used(10, 5),
      { budgets: all(1000) },
    );
    const running = refusedAtFirst.ask();
    await refusedAtFirst.clock.advance(60_000);
    await running;
    expect((await refusedAtFirst.layer.states())[0]).toMatchObject({
      spent: nanosOf(15),
      reserved: 0,
    });

    const lost = bench(
      (_call, attempt) =>
        attempt === 1 ? [fail(fakeError('connection', { sent: 'maybe' }))] : used(10, 5),
      { budgets: all(1000) },
    );
    const again = lost.ask();
    await lost.clock.advance(60_000);
    await again;
    const [state] = await lost.layer.states();
    // Its input by our count: one token for two characters.
    expect(state).toMatchObject({ reserved: 0 });
    expect(state?.spent).toBeGreaterThan(nanosOf(15));
  });

  test('of a fallback is held and counted at its own model’s price, in the budget of its own provider (F62)', async () => {
    const budgets = [
      ...all(10_000),
      { name: 'each', per: 'provider', usd: 1, period: 'day' },
    ] as const;
    const { layer, told, ask } = bench(
      (call) => (call.model.provider === 'fake' ? [fail('permission')] : used(10, 5)),
      { budgets },
      { inner: [fallback('other/x')] },
    );
    await ask();
    const reserved = told.filter(
      (event) => event.type === 'budget' && event.decision === 'reserved',
    );
    expect(reserved).toMatchObject([
      { amount: nanosOf(INPUT_BOUND + 100) },
      { amount: nanosOf(2 * (INPUT_BOUND + 100)) },
    ]);
    const of = async (model: string) =>
      (await layer.states({}, model)).map(({ budget, value, spent }) => [budget, value, spent]);
    expect(await of('other/x')).toEqual([
      ['all', '', nanosOf(30)],
      ['each', 'other', nanosOf(30)],
    ]);
    expect(await of('fake/x')).toEqual([
      ['all', '', nanosOf(30)],
      ['each', 'fake', 0],
    ]);
  });

  test('that a provider never ends, though its caller left, ends with its lease: what it held counts as spent', async () => {
    const { ask, layer, clock } = bench([ignoreCancel(), stall()], { budgets: all(1000) });
    const controller = new AbortController();
    const failing = errorOf(ask({}, {}, { signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await failing).code).toBe('aborted');
    await clock.advance(150_000);
    expect((await layer.states())[0]).toMatchObject({
      spent: nanosOf(INPUT_BOUND + 100),
      reserved: 0,
    });
    expect(clock.timers).toBe(0);
  });

  test.each([
    ['a cost that nobody knows', () => undefined],
    [
      'a cost that is no amount',
      () => ({ known: true, total: Number.NaN, source: 'provider' }) as const,
    ],
    ['a cost below 0', () => ({ known: true, total: -5, source: 'provider' }) as const],
  ])('with %s counts as it was held, and says so', async (_what, price) => {
    const { ask, layer, told } = bench(
      used(10, 5),
      { budgets: all(1000) },
      { cost: { prices: { cost: price } } },
    );
    await ask();
    expect((await layer.states())[0]).toMatchObject({
      spent: nanosOf(INPUT_BOUND + 100),
      reserved: 0,
    });
    expect(told.at(-1)).toMatchObject({ decision: 'settled', estimated: true });
  });

  test('counts what the provider says that it charges, before any price', async () => {
    const { ask, layer } = bench(
      say('x', { usage: { inputTokens: 1, outputTokens: 1, reportedCost: 777 } }),
      { budgets: all(1000) },
    );
    await ask();
    expect((await layer.states())[0]?.spent).toBe(777);
  });
});

describe('a refusal', () => {
  test('is told before anything is sent, with figures and the cure; it is neither retried nor does it fall back', async () => {
    const { ask, provider, other, told, clock } = bench(
      used(200, 80),
      { budgets: all(500, { period: 'day' }) },
      { inner: [fallback('other/x'), retry()] },
    );
    await ask();
    const error = await errorOf(ask());
    expect(error).toMatchObject({
      code: 'budget',
      retryable: false,
      fallbackable: false,
      sent: 'no',
      httpStatus: 402,
    });
    expect(error.message).toBe(
      'The budget "all" (per all, each day) has no room: $0.00028 of $0.0005 is spent and $0 reserved; this attempt may cost up to $0.000296. Raise the budget, or wait for the next day (at most 86400000 ms).',
    );
    expect(error.retryAfterMs).toBe(86_400_000);
    expect(error.attempts).toMatchObject([
      { error: 'budget', cost: { known: true, total: 0 }, billed: 'no' },
    ]);
    expect([provider.attempts.length, other.attempts.length]).toEqual([1, 0]);
    expect(told.at(-1)).toMatchObject({
      type: 'budget-refused',
      reason: 'full',
      budget: 'all',
      amount: nanosOf(296),
    });
    expect(clock.timers).toBe(0);
  });

  test('of a call that is more than the whole budget names what would make it fit', async () => {
    const { ask } = bench(used(1, 1), { budgets: all(100) });
    const error = await errorOf(ask());
    expect(error.message).toContain('Lower maxOutputTokens');
    expect(error.retryAfterMs).toBeUndefined();
  });

  test('of one budget takes nothing from the others (F65)', async () => {
    const budgets = [
      { name: 'wide', usd: 1, period: 'total' },
      { name: 'narrow', per: 'user', usd: dollarsOf(10), period: 'total' },
    ] as const;
    const { ask, layer } = bench(used(1, 1), { budgets });
    await errorOf(ask({}, { user: 'u' }));
    expect(
      (await layer.states({ user: 'u' })).map(({ spent, reserved }) => [spent, reserved]),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('of what is used up needs no further question to the store, until the period is over', async () => {
    const spy = bench(used(1000, 0), { budgets: all(500, { period: 'hour' }) });
    let asked = 0;
    spy.store.hold = undefined;
    const reserve = spy.store.reserve.bind(spy.store);
    spy.store.reserve = (reservation) => {
      asked++;
      return reserve(reservation);
    };
    await spy.ask();
    expect(asked).toBe(1);
    const error = await errorOf(spy.ask());
    expect(error.code).toBe('budget');
    expect(asked).toBe(1);
    expect(error.attempts).toEqual([]);
    await spy.clock.advance(10_001);
    expect((await errorOf(spy.ask())).code).toBe('budget');
    expect(asked).toBe(2);
    await spy.clock.advance(3_600_000);
    await spy.ask();
    expect(spy.provider.attempts.length).toBe(2);
  });

  test('of what is used up to the last is known, too', async () => {
    const { ask, provider } = bench(used(500, 0), { budgets: all(500) });
    await ask();
    expect((await errorOf(ask())).attempts).toEqual([]);
    expect(provider.attempts.length).toBe(1);
  });

  test('while the room is only held by others is forgotten at once when they give it back', async () => {
    const { ask, clock } = bench(
      (_call, attempt) => (attempt === 1 ? [wait(100), ...used(1, 1)] : used(1, 1)),
      { budgets: all(INPUT_BOUND + 100) },
    );
    const first = ask();
    await settle();
    expect((await errorOf(ask())).code).toBe('budget');
    await clock.advance(100);
    await first;
    expect((await ask({ maxOutputTokens: 90 })).usage?.outputTokens).toBe(1);
  });
});

describe('a price that nobody knows (S32)', () => {
  test('is a refusal by default, never 0', async () => {
    const { ask, provider } = bench(used(10, 5), {
      budgets: all(1000),
      prices: { cost: () => undefined },
    });
    const error = await errorOf(ask());
    expect(error.code).toBe('budget');
    expect(error.message).toContain('No price is known for fake/m');
    expect(provider.attempts.length).toBe(0);
  });

  test('is what was said, where something was', async () => {
    const unknown = { cost: () => undefined };
    const { ask, layer } = bench(
      used(10, 5),
      { budgets: all(10_000), prices: unknown, unknownPrice: { input: 3, output: 4 } },
      { cost: { prices: unknown } },
    );
    await ask();
    expect((await layer.states())[0]).toMatchObject({ spent: nanosOf(50), reserved: 0 });
  });
});

describe('a store', () => {
  test('that fails lets nothing be spent: `budget`, and what it may have granted is given back', async () => {
    const { ask, store, provider } = bench(used(1, 1), { budgets: all(1000) });
    const settled: unknown[] = [];
    store.hold = undefined;
    store.reserve = () => Promise.reject(new Error('no route to host secret'));
    store.settle = (settlement) => {
      settled.push(settlement.actual);
      return [];
    };
    const error = await errorOf(ask());
    expect(error).toMatchObject({ code: 'budget', retryable: false, fallbackable: false });
    expect(error.message).not.toContain('secret');
    expect(settled).toEqual([[0]]);
    expect(provider.attempts.length).toBe(0);
  });

  test('that is waited for does not hold an abort up; what it grants after that is given back', async () => {
    const { ask, store, layer, clock } = bench(used(1, 1), { budgets: all(1000) });
    store.hold = undefined;
    const reserve = store.reserve.bind(store);
    let answer: (() => void) | undefined;
    store.reserve = (reservation) =>
      new Promise((resolve) => (answer = () => resolve(reserve(reservation) as never)));
    const controller = new AbortController();
    const failing = errorOf(ask({}, {}, { signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await failing).code).toBe('aborted');
    answer?.();
    await settle();
    expect((await layer.states())[0]).toMatchObject({ spent: 0, reserved: 0 });
    expect(clock.timers).toBe(0);
  });

  test('that loses a settlement loses no money: the lease counts what was held', async () => {
    const { ask, store, layer, clock, told } = bench(used(1, 1), { budgets: all(1000) });
    store.hold = undefined;
    const { settle: keep } = store;
    store.settle = () => Promise.reject(new Error('gone'));
    await ask();
    await settle();
    store.settle = keep;
    await clock.advance(60_001);
    expect((await layer.states())[0]).toMatchObject({
      spent: nanosOf(INPUT_BOUND + 100),
      reserved: 0,
    });
    expect(told.at(-1)).toMatchObject({ decision: 'settled', budgets: [] });
  });
});

test('two layers in one chain hold and count apart', async () => {
  const { ask, layer, store } = bench(used(10, 0), { budgets: all(1000) });
  const inner = bench(used(10, 0), {
    budgets: [{ name: 'second', usd: 1, period: 'day' }],
    store,
  }).layer;
  const both = bench(used(10, 0), { budgets: all(1000), store }, { inner: [inner, inner] });
  await ask();
  await both.ask();
  expect((await layer.states())[0]?.spent).toBe(nanosOf(20));
  expect((await inner.states())[0]?.spent).toBe(nanosOf(10));
});

test('an error of the layer is an InferwayError without user data', async () => {
  const { ask } = bench(used(1, 1), {
    budgets: [{ name: 'b', per: 'user', usd: 0, period: 'day' }],
  });
  const error = await errorOf(ask({}, { user: 'secret-user' }));
  expect(InferwayError.is(error)).toBe(true);
  expect(error.message).not.toContain('secret-user');
});
