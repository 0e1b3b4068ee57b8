import { say, settle, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import type { AlertOptions, BudgetAlert } from '../../src/middleware/budget/budget-alert.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';
import type { QuotaStore } from '../../src/stores/quota-store.js';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf, INPUT_BOUND, nanosOf, type Bench } from './bench.js';

const used = (tokens: number) => say('x', { usage: { inputTokens: tokens, outputTokens: 0 } });
const HOUR = 3_600_000;

/** Several processes over one store, each with its own layer, and all alerts that went out. */
function processes(
  count: number,
  tokens: (process: number) => number,
  alerts: Partial<AlertOptions> = {},
  period: 'hour' | 'month' | 'total' = 'month',
) {
  const clock = virtualClock();
  const store: QuotaStore = memoryQuota({ clock });
  const sent: BudgetAlert[] = [];
  const all: Bench[] = Array.from({ length: count }, (_, index) =>
    bench(
      () => used(tokens(index)),
      {
        store,
        budgets: [{ name: 'all', usd: dollarsOf(1000), period }],
        alerts: { to: (alert) => void sent.push(alert), ...alerts },
      },
      { clock },
    ),
  );
  const kinds = () => sent.map(({ kind, threshold }) => threshold ?? kind);
  return { clock, store, sent, all, kinds, process: (index: number) => all[index] as Bench };
}

describe('thresholds', () => {
  test('are told once over all processes, each when it is crossed', async () => {
    const { all, kinds, sent } = processes(3, () => 60);
    for (let round = 0; round < 5; round++) {
      await Promise.all(all.map((one) => one.ask().catch(() => {})));
      await settle();
    }
    // Three at a time are refused before a half is spent, since each holds its bound.
    expect(kinds()).toEqual(['refusal', 0.5]);
    expect(sent[1]).toMatchObject({
      budget: 'all',
      per: 'all',
      value: '',
      period: 'month',
      limit: nanosOf(1000),
    });
    expect(sent[1]?.spent).toBeGreaterThanOrEqual(nanosOf(500));
  });

  test('that are crossed at once are all told, above the whole budget, too', async () => {
    const { process, kinds } = processes(2, () => 1200, { thresholds: [1.1, 0.5, 0.8, 1, 2] });
    await process(0).ask();
    await settle();
    expect(kinds()).toEqual([0.5, 0.8, 1, 1.1]);
    await errorOf(process(1).ask());
    await settle();
    expect(kinds()).toEqual([0.5, 0.8, 1, 1.1, 'refusal']);
  });

  test('that were crossed by a process that died are told by the next settlement of another', async () => {
    const { process, store, kinds } = processes(2, () => 300);
    const { reserve } = store;
    await process(0).ask();
    // The second call crosses a half; the process gets no further than its settlement.
    store.reserve = (reservation) =>
      reservation.limits[0]?.key.startsWith('alert') === true
        ? Promise.reject(new Error('killed'))
        : reserve.call(store, reservation);
    await process(0).ask();
    await settle();
    expect(kinds()).toEqual([]);
    store.reserve = reserve;
    await process(1).ask();
    await settle();
    expect(kinds()).toEqual([0.5, 0.8]);
  });

  test('that could not be asked for are told by the next settlement of the same process', async () => {
    const { process, store, kinds } = processes(1, () => 300);
    const { reserve } = store;
    store.reserve = (reservation) =>
      reservation.limits[0]?.key.startsWith('alert') === true
        ? Promise.reject(new Error('gone'))
        : reserve.call(store, reservation);
    await process(0).ask();
    await process(0).ask();
    await settle();
    store.reserve = reserve;
    await process(0).ask();
    await settle();
    expect(kinds()).toEqual([0.5, 0.8]);
  });

  test('begin anew with each period, however long it is, and not before', async () => {
    const { process, kinds, clock } = processes(2, () => 600, {
      thresholds: [0.5],
      refusals: false,
    });
    await process(0).ask();
    await clock.advance(30 * 24 * HOUR);
    await process(1)
      .ask()
      .catch(() => {});
    expect(kinds()).toEqual([0.5]);
    await clock.advance(24 * HOUR);
    await process(1).ask();
    await settle();
    await process(0)
      .ask()
      .catch(() => {});
    await settle();
    expect(kinds()).toEqual([0.5, 0.5]);
  });

  test('never fail a call, whoever is told', async () => {
    const { process } = processes(1, () => 600, {
      to: [
        () => {
          throw new Error('broken');
        },
        () => Promise.reject(new Error('also broken')),
      ],
    });
    await process(0).ask();
    await settle();
    expect(process(0).told.filter(({ type }) => type === 'budget-alert').length).toBe(1);
  });
});

describe('a spike', () => {
  test('is told once over all processes, when money goes out faster than it did', async () => {
    let tokens = 1;
    const clock = virtualClock();
    const store = memoryQuota({ clock });
    const sent: BudgetAlert[] = [];
    const one = () =>
      bench(
        () => used(tokens),
        {
          store,
          budgets: [{ name: 'all', usd: 1, period: 'month' }],
          alerts: { to: (alert) => void sent.push(alert), spike: { minUsd: dollarsOf(50) } },
        },
        { clock },
      );
    const [first, second] = [one(), one()];
    for (let minute = 0; minute < 60; minute++) {
      await first.ask();
      await clock.advance(60_000);
    }
    expect(sent).toEqual([]);
    tokens = 40;
    await first.ask();
    expect(sent).toEqual([]);
    await second.ask();
    await settle();
    await first.ask();
    await second.ask();
    expect(sent).toMatchObject([{ kind: 'spike', spike: { windowMs: 300_000 } }]);
    expect(sent[0]?.spike?.spent).toBeGreaterThanOrEqual(nanosOf(80));
    expect(sent[0]?.spike?.usual).toBeLessThanOrEqual(nanosOf(6));
    // An hour later it would be news again.
    await clock.advance(2 * HOUR);
    await first.ask();
    await second.ask();
    await settle();
    expect(sent.length).toBe(2);
    expect(clock.timers).toBe(0);
  });

  test('is none below its least amount, nor where it was always so', async () => {
    const small = processes(
      1,
      () => 40,
      { spike: { minUsd: dollarsOf(500) }, thresholds: [] },
      'total',
    );
    await small.process(0).ask();
    await settle();
    expect(small.sent).toEqual([]);

    const steady = processes(1, () => 1, {
      spike: { minUsd: 0, windowMs: 60_000, baselineMs: 600_000 },
      thresholds: [],
    });
    for (let second = 0; second < 1500; second += 10) {
      await steady.process(0).ask();
      await steady.clock.advance(10_000);
    }
    // From nothing, the first call is one; after that it was always so.
    expect(steady.kinds()).toEqual(['spike']);
  });
});

test('what an attempt holds is no spend, and no alert', async () => {
  const { process, sent } = processes(1, () => 1, { thresholds: [0.1] });
  await process(0).ask({ maxOutputTokens: 1000 - INPUT_BOUND });
  await settle();
  expect(sent).toEqual([]);
});
