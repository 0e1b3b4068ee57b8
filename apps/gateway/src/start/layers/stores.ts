import type {
  CacheStore,
  HealthStore,
  IdempotencyStore,
  Ledger,
  QuotaStore,
} from '@inferway/core/stores';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import { requireSecret, type Environment } from '../../config/read-secret.js';
import type { Closing } from './closing.js';
import { inConfig } from './in-config.js';

/** Where the layers keep what outlives a call. */
export interface Stores {
  /** Of limits and budgets; absent where nothing is limited. */
  readonly quota?: QuotaStore | undefined;
  /** Shared by all processes; absent: each keeps its own. */
  readonly cache?: CacheStore | undefined;
  /** As `cache`. */
  readonly health?: HealthStore | undefined;
  /** As `cache`; the layer itself says what an outage means. */
  readonly idempotency?: IdempotencyStore | undefined;
  readonly ledger?: Ledger | undefined;
  /** Values that no error may let out. */
  readonly secrets: readonly string[];
}

export interface StorePlaces {
  readonly config: Config;
  readonly environment: Environment;
  readonly folder: string;
  readonly closing: Closing;
  readonly complain: (text: string) => void;
}

/**
 * Opens the stores that the config asks for, and loads no others. A server that is away does not keep the gateway from starting: that is what
 * the outage policies are for.
 *
 * @throws {InferwayError} `configuration`
 */
export async function openStores(places: StorePlaces): Promise<Stores> {
  const shared = await openShared(places);
  const ledger = await openLedger(places);
  const { config } = places;
  const limited =
    config.callerLimits ??
    config.targetLimits ??
    config.budgets ??
    config.keys?.find(({ limits, budget }) => limits ?? budget);
  return {
    quota: shared?.quota ?? (limited === undefined ? undefined : await memory()),
    cache: shared?.cache,
    health: shared?.health,
    idempotency: shared?.idempotency,
    ledger: ledger?.ledger,
    secrets: [shared?.secret, ledger?.secret].filter((one) => one !== undefined),
  };
}

async function memory(): Promise<QuotaStore> {
  const { memoryQuota } = await import('@inferway/core/stores');
  return memoryQuota();
}

type Shared = Required<Pick<Stores, 'quota' | 'cache' | 'health' | 'idempotency'>> & {
  readonly secret: string;
};

async function openShared(places: StorePlaces): Promise<Shared | undefined> {
  const { config, environment, closing, complain } = places;
  const { stores } = config;
  if (stores === undefined) return undefined;
  const secret = requireSecret(environment, stores.redis.env, 'stores.redis');
  const [{ createRedisStores }, { guardCache, guardHealth, guardQuota }] = await Promise.all([
    import('@inferway/redis'),
    import('@inferway/core/stores'),
  ]);
  const { prefix, processes, timeoutMs } = stores;
  const redis = inConfig('stores', () => createRedisStores({ url: secret, prefix, timeoutMs }));
  closing.add(() => redis.close());
  const outage = {
    // The stores have a limit of their own; the guard is there for what hangs all the same.
    timeoutMs: timeoutMs === undefined ? undefined : timeoutMs * 2,
    onOutage: ({ message }: { readonly message: string }) => complain(message),
  };
  const quota = inConfig('stores', () =>
    guardQuota(redis.quota, {
      ...outage,
      processes,
      limits: stores.limitsInOutage,
      budgets: stores.budgetsInOutage,
    }),
  );
  // Settlements that are on their way, before the connection ends.
  closing.add(() => quota.close?.());
  return {
    secret,
    quota,
    cache: guardCache(redis.cache, outage),
    health: guardHealth(redis.health, outage),
    idempotency: redis.idempotency,
  };
}

interface OpenLedger {
  readonly ledger: Ledger;
  readonly secret?: string;
}

async function openLedger(places: StorePlaces): Promise<OpenLedger | undefined> {
  const { config, environment, folder, closing } = places;
  const written = config.ledger;
  if (written === undefined) return undefined;
  if (written.sqlite !== undefined) {
    const path = written.sqlite === ':memory:' ? written.sqlite : resolve(folder, written.sqlite);
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const { createSqliteLedger } = await import('@inferway/sqlite');
    const ledger = inConfig('ledger.sqlite', () => createSqliteLedger({ path }));
    closing.add(() => ledger.close?.());
    return { ledger };
  }
  if (written.postgres !== undefined) {
    const url = requireSecret(environment, written.postgres.env, 'ledger.postgres');
    const { createPostgresLedger } = await import('@inferway/postgres');
    const { schema } = written;
    const ledger = inConfig('ledger.postgres', () => createPostgresLedger({ url, schema }));
    closing.add(() => ledger.close());
    return { ledger, secret: url };
  }
  const { memoryLedger } = await import('@inferway/core/stores');
  return { ledger: memoryLedger() };
}
