import { InferwayError } from '@inferway/core';
import { fallback, retry } from '@inferway/core/middleware';
import { memoryQuota, type QuotaStore } from '@inferway/core/stores';
import { say, settle, stall, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import type { BudgetAlert } from '../../src/middleware/budget/budget-alert.js';
import { maybeBilled } from '../../src/middleware/maybe-billed.js';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf, INPUT_BOUND, nanosOf, prices } from './bench.js';

const HOUR = 3_600_000;
const used = (tokens: number) => say('x', { usage: { inputTokens: tokens, outputTokens: 0 } });

test('a budget says when its period ends, wherever in it a call is made', () => {
  const clock = virtualClock({ wallTime: 1000 * HOUR + 1234.5 });
  const limit = { kind: 'spend', key: 'k', limit: 10, amount: 1, period: 'hour' } as const;
  const store = memoryQuota({ clock });
  const left = Math.ceil(HOUR - 1234.5);
  expect(store.read([limit])).toMatchObject([{ resetMs: left }]);
  const decision = store.reserve({ id: '1', limits: [limit], leaseMs: 1000 });
  expect(decision).toMatchObject({ granted: true, states: [{ used: 1, held: 1, resetMs: left }] });
});

test('a threshold is crossed by spending exactly so much; what others hold is told apart from it', async () => {
  const alerts: BudgetAlert[] = [];
  let attempt = 0;
  const { ask, clock } = bench(() => (++attempt === 1 ? [stall()] : used(500)), {
    budgets: [{ name: 'all', usd: dollarsOf(1000), period: 'total' }],
    alerts: { to: (alert) => void alerts.push(alert) },
  });
  const leaving = new AbortController();
  const holding = ask({}, {}, { signal: leaving.signal }).catch(() => {});
  await settle();
  await ask();
  await settle();
  const held = nanosOf(INPUT_BOUND + 100);
  expect(alerts).toMatchObject([{ threshold: 0.5, spent: nanosOf(500), reserved: held }]);
  leaving.abort();
  await holding;
  await clock.advance(1);
  expect(clock.timers).toBe(0);
});

test('a refusal is remembered: who asks again is refused without a question to the store', async () => {
  const clock = virtualClock();
  const shared = memoryQuota({ clock });
  let asked = 0;
  const counted: QuotaStore = {
    reserve: (reservation) => {
      asked++;
      return shared.reserve(reservation);
    },
    settle: (settlement) => shared.settle(settlement),
    renew: (ids, ms) => shared.renew(ids, ms),
    read: (limits) => shared.read(limits),
    restore: (limit, spent) => shared.restore(limit, spent),
    claim: (name, ms) => shared.claim(name, ms),
  };
  const budgets = [{ name: 'all', usd: dollarsOf(1000), period: 'total' }] as const;
  // Another process spends all of it.
  await bench(used(1000), { budgets, store: shared }, { clock }).ask();
  const { ask } = bench(used(1), { budgets, store: counted }, { clock });
  for (let again = 0; again < 5; again++) {
    expect(await errorOf(ask())).toMatchObject({ code: 'budget' });
  }
  expect(asked).toBe(1);
});

test('an answer that is no success is not billed, redirects included', () => {
  const billed = (status: number | undefined): boolean =>
    maybeBilled(new InferwayError('protocol', { message: 'test', status }));
  expect([undefined, 200, 299, 300, 399, 400, 500].map(billed)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a counter is restored once, and only in the period that was summed', () => {
  const clock = virtualClock({ wallTime: 10 * HOUR });
  const limit = { kind: 'spend', key: 'k', limit: 10, amount: 1, period: 'hour' } as const;
  const store = memoryQuota({ clock });
  const used = (): unknown => (store.read([limit]) as readonly unknown[])[0];
  store.restore(limit, 5, 9 * HOUR);
  expect(used()).toMatchObject({ used: 0 });
  store.restore(limit, 5, 10 * HOUR);
  store.restore(limit, 5, 10 * HOUR);
  store.restore(limit, 5);
  expect(used()).toMatchObject({ used: 5 });
});

test('a store in this process that throws ends the call as one elsewhere does: no retry, no other target', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock, maxCounters: 1 });
  const others = { kind: 'spend', key: 'others', limit: 1, amount: 1, period: 'total' } as const;
  store.reserve({ id: 'others', limits: [others], leaseMs: HOUR });
  const { ask, told, provider } = bench(
    say('x'),
    { store, budgets: [{ name: 'all', usd: 1, period: 'total' }] },
    { clock, inner: [fallback('other/m'), retry()] },
  );
  const error = await errorOf(ask());
  expect(error).toMatchObject({ code: 'budget', sent: 'no', cause: { code: 'overloaded' } });
  expect(error.attempts).toHaveLength(1);
  expect(provider.attempts).toHaveLength(0);
  expect(told).toMatchObject([{ type: 'budget-refused', reason: 'store' }]);
});

test('a price book that throws leaves nothing held, whoever listens', async () => {
  const { ask, layer } = bench(say('x'), {
    budgets: [{ name: 'all', usd: 1, period: 'total' }],
    prices: {
      cost(model, usage, at) {
        if (usage.units?.computeSeconds === 0) throw new Error('no machine works for no time');
        return prices.cost(model, usage, at);
      },
    },
  });
  await errorOf(ask());
  expect(await layer.states()).toMatchObject([{ spent: 0, reserved: 0 }]);
});
