export { createRedisStores, type RedisStores } from './redis-stores.js';
export type { RedisStoresOptions } from './redis-options.js';
