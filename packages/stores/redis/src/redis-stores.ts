import type { CacheStore, HealthStore, IdempotencyStore, QuotaStore } from '@inferway/core/stores';
import { MarkChannel } from './health/mark-channel.js';
import { redisHealth } from './health/redis-health.js';
import { redisIdempotency } from './idempotency/redis-idempotency.js';
import { keyNames } from './key-names.js';
import { redisQuota } from './quota/redis-quota.js';
import { redisCache } from './redis-cache.js';
import { RedisLink } from './redis-link.js';
import { redisSettings, type RedisStoresOptions } from './redis-options.js';

/** The stores of one server, over one connection, and others for answers to repeats and while somebody watches health. */
export interface RedisStores {
  readonly cache: CacheStore;
  readonly quota: QuotaStore;
  readonly health: HealthStore;
  readonly idempotency: IdempotencyStore;
  /** Settles when there is a connection: for a start that is to fail early. @throws {InferwayError} `connection`. */
  ready(): Promise<void>;
  /** Ends the connections; what is under way fails. The `close` of each store does the same. */
  close(): Promise<void>;
}

/**
 * Stores in Redis 7 or Valkey, shared by all processes that use the same server and prefix. Connects at first use.
 *
 * @throws {InferwayError} `configuration` for options that cannot work.
 */
export function createRedisStores(options: RedisStoresOptions = {}): RedisStores {
  const settings = redisSettings(options);
  const names = keyNames(settings.prefix);
  const link = new RedisLink(settings, options.clock);
  // Whole answers, of megabytes: what waits behind some of them would be late, and lose its connection. Limits and budgets must not.
  const answers = new RedisLink(settings, options.clock);
  const channel = new MarkChannel(`{${settings.prefix}}:marks`, settings, options.clock);
  const close = async (): Promise<void> => {
    await Promise.all([link.close(), answers.close(), channel.close()]);
  };
  return {
    cache: { ...redisCache(link, names, settings.maxCacheBytes), close },
    quota: { ...redisQuota(link, names, settings.settledMs), close },
    health: { ...redisHealth(link, names, channel), close },
    idempotency: { ...redisIdempotency(answers, names), close },
    ready: () => link.ready(),
    close,
  };
}
