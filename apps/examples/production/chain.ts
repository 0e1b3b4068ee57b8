// The whole chain as one process runs it, with stores of its own: what docs/guide/production.md goes through.
import { join } from 'node:path';
import { callerOf, createClient, type Call } from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { guard, redact, secrets } from '@inferway/core/guards';
import { limit } from '@inferway/core/limits';
import { monitor, standard, type MonitorOptions } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { createRouter, route } from '@inferway/core/routing';
import { budget, ledger, type AlertSink } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import { guardQuota, memoryQuota } from '@inferway/core/stores';
import { createAnthropic } from '@inferway/anthropic';
import { createOpenAI } from '@inferway/openai';
import type { Simulator } from '@inferway/simulator';
import { createSqliteLedger } from '@inferway/sqlite';

/** What the program hears while calls run. */
export interface Ears {
  readonly onEvent: MonitorOptions['onEvent'];
  readonly onAlert: AlertSink;
}

/** @param folder Where the ledger and its spool are. */
export function productionChain(simulator: Simulator, folder: string, { onEvent, onAlert }: Ears) {
  const { baseUrls, priceBook: prices } = simulator;
  const providers = [
    createOpenAI({ baseUrl: baseUrls.openai, apiKey: 'simulated' }),
    createAnthropic({ baseUrl: baseUrls.anthropic, apiKey: 'simulated' }),
  ] as const;
  const scope = (call: Call): string | undefined => callerOf(call.state).tenant;
  // One process: its memory. Several: createRedisStores().quota in its place, and nothing else changes.
  const quota = guardQuota(memoryQuota(), { processes: 1 });
  const store = createSqliteLedger({ path: join(folder, 'ledger.db') });
  const rows = ledger({ ledger: store, spool: createSpool({ directory: join(folder, 'spool') }) });
  const breaker = circuitBreaker({ openMs: 500 });
  const budgets = budget({
    store: quota,
    prices,
    budgets: [
      {
        name: 'tenants',
        per: 'tenant',
        usd: (tenant) => (tenant === 'small' ? 0.005 : 0.1),
        period: 'day',
      },
    ],
    alerts: { to: onAlert, thresholds: [0.5] },
  });
  const router = createRouter({
    providers,
    health: breaker,
    routes: { answers: { targets: ['openai/sim-chat', 'anthropic/sim-claude'] } },
  });
  const client = createClient({
    providers,
    attempts: 4,
    middleware: standard({
      outer: [monitor({ onEvent })],
      guard: guard(redact({ detectors: [secrets()] })),
      cache: cache({ scope, ttlMs: 600_000 }),
      coalesce: coalesce({ scope }),
      ledger: rows,
      budget: budgets,
      callerLimits: limit({
        store: quota,
        rules: [{ name: 'tenant', per: 'tenant', windowMs: 60_000, requests: 25, concurrency: 4 }],
        queue: { maxWaitMs: 5000 },
      }),
      route: route(router),
      retry: { attempts: 2, baseMs: 20, maxMs: 200 },
      breaker,
      cost: { prices },
      timeout: { connectMs: 1000, firstEventMs: 2000, idleContentMs: 5000, leastMs: 200 },
    }),
  });
  return {
    client,
    rows,
    budgets,
    store,
    async close(): Promise<void> {
      await rows.close();
      await client.close();
      breaker.close();
      router.close();
      await quota.close?.();
      await store.close?.();
    },
  };
}
