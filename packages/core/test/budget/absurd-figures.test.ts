import type { PriceBook, Usage } from '@inferway/core';
import { memoryLedger, memoryQuota, type LedgerRow } from '@inferway/core/stores';
import { say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { reportedBill } from '../../src/reported-bill.js';
import { errorOf } from '../helpers.js';
import { bench, dollarsOf, INPUT_BOUND, nanosOf } from './bench.js';

const NONE = [Number.NaN, -1, -0.5, 1e308, Number.POSITIVE_INFINITY, 2 ** 53, 0.1, '7'] as const;
const budgets = [{ name: 'all', usd: dollarsOf(10_000), period: 'total' }] as const;

test('what a provider says that it charges counts where it is an amount, else the price of the tokens does', async () => {
  for (const reportedCost of NONE as readonly number[]) {
    expect(reportedBill({ reportedCost })).toBeUndefined();
    const usage = { inputTokens: 10, outputTokens: 5, reportedCost };
    const { ask, layer, clock } = bench(say('x', { usage }), { budgets });
    expect(await ask()).toMatchObject({
      cost: { known: true, total: nanosOf(15), source: 'price' },
    });
    expect(await layer.states()).toMatchObject([{ spent: nanosOf(15), reserved: 0 }]);
    expect(clock.timers).toBe(0);
  }
  expect(reportedBill({ reportedCost: 0 })).toEqual({ known: true, total: 0, source: 'provider' });
});

test('counts that are none cost what was held: never less than nothing, never nothing', async () => {
  for (const count of NONE as readonly number[]) {
    const usage = { inputTokens: count, outputTokens: 5 } as Usage;
    const { ask, layer, clock } = bench(say('x', { usage }), { budgets });
    expect(await ask()).toMatchObject({ cost: { known: false, reason: 'no-usage' } });
    expect(await layer.states()).toMatchObject([
      { spent: nanosOf(INPUT_BOUND + 100), reserved: 0 },
    ]);
    expect(clock.timers).toBe(0);
  }
});

test('a price that is none, and a total that cannot be counted, are unknown', async () => {
  for (const total of NONE as readonly number[]) {
    const book: PriceBook = { cost: () => ({ known: true, total, source: 'price' }) };
    const { ask, layer } = bench(say('x'), { budgets }, { cost: { prices: book } });
    expect(await ask()).toMatchObject({ cost: { known: false } });
    expect(await layer.states()).toMatchObject([{ spent: nanosOf(INPUT_BOUND + 100) }]);
  }
});

test('who asks for more than can be counted is told to ask for less', async () => {
  const { ask, provider } = bench(say('x'), { budgets });
  const error = await errorOf(ask({ maxOutputTokens: 2 ** 52 }));
  expect(error).toMatchObject({ code: 'budget', sent: 'no' });
  expect(error.message).toContain('Lower maxOutputTokens');
  expect(provider.attempts).toEqual([]);
});

test('a budget of nothing lets nothing through that costs, and one nano-dollar no more', async () => {
  for (const usd of [0, 1e-9]) {
    const { ask, provider } = bench(say('x'), { budgets: [{ ...budgets[0], usd }] });
    expect(await errorOf(ask())).toMatchObject({ code: 'budget' });
    expect(provider.attempts).toEqual([]);
  }
});

test('a spend that is restored is that of the rows, also where a ledger cuts the name', async () => {
  const user = `\ud800${'u'.repeat(1000)}`;
  const row: LedgerRow = {
    id: '1',
    callId: '1',
    attempt: 1,
    at: 1000,
    caller: { user: user.slice(0, 400).toWellFormed() },
    operation: 'chat',
    provider: 'fake',
    model: 'm',
    status: 'complete',
    cost: nanosOf(9990),
    costSource: 'price',
    possiblyBilled: false,
  };
  const clock = virtualClock({ wallTime: 2000 });
  const ledger = memoryLedger();
  await ledger.append([row]);
  const { ask } = bench(
    say('x'),
    { budgets: [{ ...budgets[0], per: 'user' }], ledger, store: memoryQuota({ clock }) },
    { clock },
  );
  expect(await errorOf(ask({}, { user }))).toMatchObject({ code: 'budget' });
  await ask({}, { user: 'another' });
});
