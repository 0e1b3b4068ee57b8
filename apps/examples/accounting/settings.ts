import type { LimitRule } from '@inferway/core/limits';
import { priceTable } from '@inferway/core/middleware';
import type { BudgetRule } from '@inferway/core/spending';
import type { PriceBook } from '@inferway/core';
import type { SimulatorOptions } from '@inferway/simulator';

/** Dollars per million tokens, as the simulator bills them. */
export const prices: PriceBook = priceTable({
  'first/sim-chat': { input: 2.5, output: 10 },
  'second/sim-mini': { input: 0.15, output: 0.6 },
});

export const ATTEMPTS = 4;
export const LEASE_MS = 3000;
export const STORE_TIMEOUT_MS = 250;

/** Every third tenant has a budget that it uses up. */
export const budgets: readonly BudgetRule[] = [
  { name: 'tenants', per: 'tenant', usd: (tenant) => (isPoor(tenant) ? 0.02 : 5), period: 'total' },
  { name: 'all', usd: 50, period: 'total' },
];

export function isPoor(tenant: string): boolean {
  return Number(tenant.at(-1)) % 3 === 0;
}

export const limits: readonly LimitRule[] = [
  { name: 'rate', per: 'tenant', windowMs: 1000, requests: 60, concurrency: 60 },
];

/** What goes wrong at the providers, and how often. */
export const faults: readonly (readonly [fault: string, probability: number])[] = [
  ['status-500', 0.04],
  ['status-503', 0.04],
  ['status-429', 0.02],
  ['F04', 0.02],
  ['F05', 0.02],
  ['F01', 0.02],
  ['F08', 0.02],
  ['F13', 0.01],
  ['F16', 0.02],
  ['F33', 0.005],
  ['F34', 0.005],
];

export const simulated: SimulatorOptions = {
  pace: { ttftMs: { from: 2, to: 40 }, perTokenMs: 0.5, tokensPerChunk: 5 },
  keep: 200_000,
};
