import { limit, limitTargets } from '@inferway/core/limits';
import type { Middleware } from '@inferway/core';
import { fixed, priceTable, standard, type StandardOptions } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { budget, ledger } from '@inferway/core/spending';
import { memoryLedger, memoryQuota } from '@inferway/core/stores';
import { trace } from '@inferway/otel';

const prices = priceTable({ 'bench/*': { input: 0.15, output: 0.6 } });
// Calls of one process count together, as they do in a program.
const store = memoryQuota();

/** What `standard()` has but the cache: trace, fallback, retry, cost, timeouts and auth. */
export function fullChain(): StandardOptions {
  return {
    outer: [trace()],
    fallback: { targets: ['bench/other'] },
    cost: { prices },
    timeout: { totalMs: 600_000 },
    auth: fixed('bench'),
  };
}

/** The layers that count, each on a store in memory. */
export const storeLayers: Readonly<Record<string, () => StandardOptions>> = {
  ledger: () => ({ ledger: ledger({ ledger: memoryLedger({ maxRows: 10_000 }) }) }),
  budget: () => ({
    budget: budget({
      store,
      prices,
      budgets: [{ name: 'all', usd: 1_000_000, period: 'total' }],
    }),
  }),
  'limits on callers': () => ({
    callerLimits: limit({
      store,
      rules: [{ windowMs: 60_000, requests: 1e9, totalTokens: 1e12, concurrency: 1e6 }],
    }),
  }),
  'limits on targets': () => ({
    limits: limitTargets({
      store,
      rules: [{ per: 'provider', windowMs: 60_000, requests: 1e9, concurrency: 1e6 }],
    }),
  }),
  breaker: () => ({ breaker: circuitBreaker() }),
};

/** All of them around the standard chain. */
export function storeChain(): StandardOptions {
  return Object.assign(fullChain(), ...Object.values(storeLayers).map((make) => make()));
}

/** The chains that layers are measured in, by name: none, the standard one, that with one layer more each, and with all of them. */
export const layerChains: ReadonlyMap<string, () => readonly Middleware[]> = new Map([
  ['no middleware', () => []],
  ['standard chain', () => standard(fullChain())],
  ...Object.entries(storeLayers).map(
    ([name, make]) =>
      [`with ${name}`, () => standard({ ...fullChain(), ...make() })] as [
        string,
        () => readonly Middleware[],
      ],
  ),
  ['with all of them', () => standard(storeChain())],
]);
