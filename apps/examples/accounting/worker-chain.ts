import {
  aroundAttempts,
  attemptIdOf,
  callerOf,
  createClient,
  type AttemptLayer,
  type Call,
  type Client,
  type Middleware,
} from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { limit } from '@inferway/core/limits';
import { cost, fallback, retry, standard, timeout } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { budget, ledger, type LedgerLayer } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import { guardCache, guardHealth, guardQuota } from '@inferway/core/stores';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { createPostgresLedger } from '@inferway/postgres';
import { createRedisStores } from '@inferway/redis';
import { Granted, heard, type QuotaEars } from './heard-quota.js';
import type { Orders } from './orders.js';
import { ATTEMPTS, budgets, LEASE_MS, limits, prices, STORE_TIMEOUT_MS } from './settings.js';

export interface WorkerChain {
  readonly client: Client;
  /** Ends all of it, rows and connections. */
  close(): Promise<void>;
}

export interface WorkerEars extends QuotaEars {
  outage(store: string, state: string): void;
}

/** The whole chain as a program would have it, on stores that all workers share. */
export function workerChain(orders: Orders, ears: WorkerEars): WorkerChain {
  const stores = createRedisStores({
    url: orders.redisUrl,
    prefix: orders.prefix,
    timeoutMs: STORE_TIMEOUT_MS,
  });
  const postgres = createPostgresLedger({
    url: orders.postgresUrl,
    schema: orders.schema,
    timeoutMs: 2000,
  });
  const spool = createSpool({ directory: orders.spoolDirectory });
  const onOutage = ({ store, state }: { store: string; state: string }): void =>
    ears.outage(store, state);
  const outage = { timeoutMs: STORE_TIMEOUT_MS, onOutage };
  const granted = new Granted();
  const guarded = guardQuota(granted.by(stores.quota), {
    ...outage,
    processes: orders.workers,
    leaseMs: LEASE_MS,
  });
  const rows: LedgerLayer = ledger({ ledger: postgres, spool, batchMs: 50, prices });
  const scope = ({ state }: Call): string | undefined => callerOf(state).tenant;
  const middleware = standard({
    outer: [namedAttempts],
    cache: cache({ scope, store: guardCache(stores.cache, outage) }),
    coalesce: coalesce({ scope }),
    ledger: rows,
    budget: budget({
      store: guarded,
      budgets,
      prices,
      leaseMs: LEASE_MS,
      ...(orders.restorable ? { ledger: postgres } : {}),
    }),
    callerLimits: limit({
      store: heard(guarded, granted, ears),
      rules: limits,
      leaseMs: LEASE_MS,
      queue: { maxWaitMs: 5000, maxWaiting: 4000, maxWaitingPerTenant: 1000 },
    }),
    fallback: fallback('second/sim-mini'),
    retry: retry({ baseMs: 20, maxMs: 200 }),
    breaker: circuitBreaker({ health: guardHealth(stores.health, outage), openMs: 300 }),
    cost: cost({ prices }),
    timeout: timeout({ connectMs: 1000, firstEventMs: 1500, idleContentMs: 1500, totalMs: 6000 }),
  });
  const provider = (name: string) =>
    createOpenAICompatible({
      name,
      baseUrl: orders.simulatorUrl,
      apiKey: `key-of-${name}-provider`,
    });
  const client = createClient({
    providers: [provider('first'), provider('second')],
    middleware,
    attempts: ATTEMPTS,
  });
  return {
    client: client as unknown as Client,
    async close() {
      await rows.close();
      await client.close();
      await guarded.close?.();
      await stores.close();
      await postgres.close?.();
    },
  };
}

// The simulator keeps what came in: by this the attempt is found again on its bill, also where no answer ever arrived.
const named: AttemptLayer = (call, attempt, next) => {
  if (call.operation !== 'chat') return next(call);
  const user = attemptIdOf(call.state, attempt);
  return next({ ...call, request: { ...call.request, user } });
};

const namedAttempts: Middleware = function namedAttempts(call, next) {
  aroundAttempts(call.state, named);
  return next(call);
};
