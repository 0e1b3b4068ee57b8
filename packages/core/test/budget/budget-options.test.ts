import { priceTable } from '@inferway/core/middleware';
import { memoryLedger } from '@inferway/core/stores';
import { expect, test } from 'vitest';
import { budget } from '../../src/middleware/budget/budget.js';
import type { BudgetOptions } from '../../src/middleware/budget/budget-options.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';

const good: BudgetOptions = {
  store: memoryQuota(),
  prices: priceTable({ 'a/*': { input: 1, output: 1 } }),
  budgets: [{ name: 'all', usd: 1, period: 'day' }],
};
const rule = (more: object): Partial<BudgetOptions> =>
  ({ budgets: [{ name: 'b', usd: 1, period: 'day', ...more }] }) as never;
const alerts = (more: object): Partial<BudgetOptions> => ({ alerts: { to: () => {}, ...more } });

test.each<[string, object, string]>([
  ['no store', { store: undefined }, 'store'],
  ['no budget', { budgets: [] }, 'budgets'],
  ['a name given twice', { budgets: [...good.budgets, ...good.budgets] }, 'budgets[1].name'],
  ['no name', rule({ name: '' }), 'budgets[0].name'],
  ['a negative amount', rule({ usd: -1 }), 'budgets[0].usd'],
  ['NaN dollars', rule({ usd: Number.NaN }), 'budgets[0].usd'],
  ['endless dollars', rule({ usd: Number.POSITIVE_INFINITY }), 'budgets[0].usd'],
  ['dollars as text', rule({ usd: '5' }), 'budgets[0].usd'],
  ['an unknown period', rule({ period: 'fortnight' }), 'budgets[0].period'],
  ['no period', rule({ period: undefined }), 'budgets[0].period'],
  ['an empty scope', rule({ per: [] }), 'budgets[0].per'],
  ['an unknown scope', rule({ per: 'department' }), 'budgets[0].per'],
  ['a scope that is known too late', rule({ per: 'credential' }), 'budgets[0].per'],
  ['no price at all', { prices: undefined }, 'prices'],
  ['unknown prices that are 0', { unknownPrice: { input: 0, output: 0 } }, 'unknownPrice'],
  ['an unknown bound', { bound: 'loose' }, 'bound'],
  ['no output', { assumedOutputTokens: 0 }, 'assumedOutputTokens'],
  ['half a token', { mediaTokens: 0.5 }, 'mediaTokens'],
  ['a lease that is always renewed', { leaseMs: 999 }, 'leaseMs'],
  ['a lease of no time', { leaseMs: Number.NaN }, 'leaseMs'],
  ['a ledger that cannot sum', { ledger: {} }, 'ledger'],
  [
    'a ledger for what it cannot know',
    { ...rule({ per: () => 'x' }), ledger: memoryLedger() },
    'budgets',
  ],
  ['alerts to nobody', { alerts: { to: [] } }, 'alerts.to'],
  ['alerts to no function', { alerts: { to: 'me' } }, 'alerts.to'],
  ['a threshold of 0', alerts({ thresholds: [0] }), 'alerts.thresholds'],
  ['a negative threshold', alerts({ thresholds: [-0.5] }), 'alerts.thresholds'],
  ['a threshold in per cent', alerts({ thresholds: [80] }), 'alerts.thresholds'],
  ['a threshold that is NaN', alerts({ thresholds: [Number.NaN] }), 'alerts.thresholds'],
  ['a threshold twice', alerts({ thresholds: [0.5, 0.5] }), 'alerts.thresholds'],
  [
    'a baseline below its window',
    alerts({ spike: { windowMs: 10, baselineMs: 10 } }),
    'alerts.spike.baselineMs',
  ],
  ['a spike that is none', alerts({ spike: { factor: 1 } }), 'alerts.spike.factor'],
  ['a negative least amount', alerts({ spike: { minUsd: -1 } }), 'alerts.spike.minUsd'],
  ['a window of nothing', alerts({ spike: { windowMs: 0 } }), 'alerts.spike.windowMs'],
])('refused when built: %s', (_what, options, param) => {
  const build = (): unknown => budget({ ...good, ...options } as never);
  expect(build).toThrow(expect.objectContaining({ code: 'configuration', param }));
});

test('what works is built', () => {
  const unknownPrice = { input: 1, output: 2 };
  expect(() => budget({ ...good, prices: undefined, unknownPrice })).not.toThrow();
  expect(() =>
    budget({ ...good, ...alerts({ thresholds: [], spike: {} }), ledger: memoryLedger() }),
  ).not.toThrow();
});
