import { attemptBudget, createClient, type Middleware } from '@inferway/core';
import { cost, priceTable, retry, standard } from '@inferway/core/middleware';
import { hedge, type HedgeOptions } from '@inferway/core/resilience';
import {
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  stall,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { messages, setUp, slow } from './hedge-rig.js';
import { runningAttempts } from '../running-attempts.js';

describe('bounds', () => {
  test('the attempt budget counts copies that have not reached a provider yet', async () => {
    const gate: Middleware = async (call, next) => {
      await new Promise<void>((resolve) => call.state.runtime.clock.setTimer(resolve, 300));
      return next(call);
    };
    const { client, clock, sent } = setUp({ a: say('x') }, { attempts: 5 }, [gate], 2);
    const answer = client.chat({ model: 'a/x', messages });
    await clock.advance(1000);
    await answer;
    expect(sent().map(([, at]) => at)).toEqual([300]);
    const limited = setUp({ a: [stall()] }, { attempts: 5 }, [gate], 2);
    const failed = errorOf(limited.client.chat({ model: 'a/x', messages }, { timeoutMs: 2000 }));
    await limited.clock.advance(2000);
    await failed;
    expect(limited.sent()).toHaveLength(2);
  });

  test('retries inside and copies share one budget', async () => {
    const { client, clock, sent } = setUp(
      { a: [wait(10), fail('overloaded')] },
      { attempts: 3 },
      [retry({ attempts: 5, baseMs: 200 })],
      4,
    );
    const failed = errorOf(client.chat({ model: 'a/x', messages }));
    await clock.advance(60_000);
    await failed;
    expect(sent()).toHaveLength(4);
    expect(clock.timers).toBe(0);
  });

  test('at most the given share of all calls sends a copy', async () => {
    const { client, clock, sent } = setUp({ a: slow(200) }, { share: 0.1 });
    for (let call = 1; call <= 100; call++) {
      const answer = client.chat({ model: 'a/x', messages });
      await clock.advance(200);
      await answer;
      // One is there at the start.
      expect(sent().length - call).toBeLessThanOrEqual(1 + call / 10);
    }
    expect(sent()).toHaveLength(111);
  });

  test('after quiet times no more than ten go out in a row', async () => {
    let ms = 1;
    const { client, clock, sent } = setUp({ a: () => slow(ms) as never }, { share: 0.5 });
    const ask = async (): Promise<void> => {
      const answer = client.chat({ model: 'a/x', messages });
      await clock.advance(ms);
      await answer;
    };
    for (let call = 0; call < 100; call++) await ask();
    expect(sent()).toHaveLength(100);
    ms = 200;
    await Promise.all(Array.from({ length: 12 }, ask));
    expect(sent()).toHaveLength(122);
  });

  test('none goes out when the deadline is near', async () => {
    const near = setUp({ a: [stall()] }, {});
    const failed = errorOf(near.client.chat({ model: 'a/x', messages }, { timeoutMs: 199 }));
    await near.clock.advance(300);
    expect((await failed).code).toBe('timeout');
    expect(near.sent()).toHaveLength(1);
    const far = setUp({ a: [stall()] }, { minRemainingMs: 50 });
    const late = errorOf(far.client.chat({ model: 'a/x', messages }, { timeoutMs: 199 }));
    await far.clock.advance(300);
    await late;
    expect(far.sent()).toHaveLength(2);
    expect([far.open(), far.clock.timers]).toEqual([0, 0]);
  });

  test('a caller that leaves ends all copies at once, also where a provider does not listen', async () => {
    for (const script of [[stall()], [ignoreCancel(), stall()]] as const) {
      const { client, clock, providers } = setUp({ a: script }, { attempts: 3 });
      const { controller, signal, count } = countingSignal();
      const failed = errorOf(client.chat({ model: 'a/x', messages }, { signal }));
      await clock.advance(250);
      expect(providers[0]?.attempts).toHaveLength(3);
      controller.abort();
      expect((await failed).code).toBe('aborted');
      await settle();
      expect(providers[0]?.attempts.every(({ cancelled }) => cancelled !== undefined)).toBe(true);
      expect([clock.timers, count()]).toEqual([0, 0]);
    }
  });
});

test('each copy is charged once: the loser as cancelled and maybe billed', async () => {
  const charges: unknown[] = [];
  const prices = priceTable({ 'a/*': { input: 1, output: 1 } });
  const { client, clock } = setUp({ a: (_call, n) => (n === 1 ? [stall()] : say('second')) }, {}, [
    cost({
      prices,
      onCharge: ({ attempt, status }) => charges.push([attempt.number, status, attempt.billed]),
    }),
  ]);
  const answer = client.chat({ model: 'a/x', messages });
  await clock.advance(100);
  await answer;
  await settle();
  expect(charges).toEqual([
    [2, 'complete', 'yes'],
    [1, 'cancelled', 'maybe'],
  ]);
});

describe('a delay that is learned', () => {
  const learned = { percentile: 0.9, minSamples: 10 } as const;

  test('comes from the target’s own calls, once there are enough', async () => {
    let ms = 0;
    const { client, clock, events, state } = setUp(
      { a: () => slow(ms) as never },
      { delayMs: learned },
    );
    const ask = async (): Promise<void> => {
      const answer = client.chat({ model: 'a/x', messages }, { state });
      await clock.advance(ms);
      await answer;
    };
    for (ms of [100, 10, 90, 20, 80, 30, 70, 40, 60]) await ask();
    ms = 1000;
    await ask();
    expect(events).toEqual([]);
    await ask();
    // Of ten calls, nine took 100 or less.
    expect(events).toMatchObject([{ type: 'hedge', after: 100 }]);
  });

  test('does not shrink because slow calls are cut off', async () => {
    let n = 0;
    const { client, clock, events, state } = setUp(
      { a: () => (n++ % 5 === 0 ? slow(400) : slow(100)) as never },
      { delayMs: { percentile: 0.95, minSamples: 10 } },
    );
    for (let call = 0; call < 60; call++) {
      const answer = client.chat({ model: 'a/x', messages }, { state });
      await clock.advance(500);
      await answer;
    }
    const delays = events.flatMap((event) => (event.type === 'hedge' ? event.after : []));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
  });
});

test.each<[string, HedgeOptions]>([
  ['delayMs', { delayMs: 0 }],
  ['delayMs', { delayMs: Number.NaN }],
  ['delayMs', { delayMs: '50' as never }],
  ['delayMs.percentile', { delayMs: { percentile: 1 } }],
  ['delayMs.percentile', { delayMs: { percentile: 95 } }],
  ['delayMs.minSamples', { delayMs: { percentile: 0.5, minSamples: 0 } }],
  ['delayMs.minSamples', { delayMs: { percentile: 0.5, minSamples: 1000 } }],
  ['delayMs.minMs', { delayMs: { percentile: 0.5, minMs: -1 } }],
  ['attempts', { attempts: 1 }],
  ['attempts', { attempts: 1.5 }],
  ['targets', { targets: [] }],
  ['targets', { targets: ['no slash'] }],
  ['targets', { attempts: 3, targets: ['a/x'] }],
  ['share', { share: 0 }],
  ['share', { share: 1.5 }],
  ['minRemainingMs', { minRemainingMs: -5 }],
  ['operations', { operations: [] }],
])('a bad %s is refused when it is built: %o', async (param, options) => {
  const error = await errorOf((async () => hedge(options))());
  expect(error).toMatchObject({ code: 'configuration', param });
  expect(error.message).toMatch(/^hedge/u);
});

test('stands between fallback and retry in the canonical order', () => {
  const layer = hedge();
  const names = standard({ hedge: layer, fallback: { targets: ['b/y'] } }).map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual(['fallback', 'hedge', 'retry']);
});

test('keeps nothing back in the budget, and no listener, after a call', async () => {
  const seen: number[] = [];
  const { signal, count } = countingSignal();
  const outer: Middleware = async (call, next) => {
    const reply = await next({ ...call, signal });
    await settle();
    const budget = attemptBudget(call.state);
    seen.push(budget.reserved, runningAttempts(budget), count());
    return reply;
  };
  const clock = virtualClock();
  const provider = fakeProvider({ script: (_call, n) => (n === 1 ? [stall()] : say('x')) });
  const client = createClient({
    providers: [provider],
    clock,
    middleware: [outer, hedge({ delayMs: 100 })],
  });
  const answer = client.chat({ model: 'fake/m', messages });
  await clock.advance(100);
  await answer;
  expect(seen).toEqual([0, 0, 0]);
});
