import type { CacheStore } from '@inferway/core/stores';
import type { KeyNames } from './key-names.js';
import type { RedisLink } from './redis-link.js';

/** Answers in Redis. It forgets by itself what is over, and what its own memory policy says. */
export function redisCache(link: RedisLink, names: KeyNames, maxBytes: number): CacheStore {
  return {
    async get(key) {
      const value = await link.send(['GET', names('c', key)]);
      return typeof value === 'string' ? value : undefined;
    },
    async set(key, value, ttlMs) {
      const name = names('c', key);
      // What was there before is not the answer any more, either.
      if (Buffer.byteLength(value) > maxBytes || !(ttlMs > 0)) await link.send(['DEL', name]);
      else await link.send(['SET', name, value, 'PX', String(Math.ceil(ttlMs))]);
    },
    async delete(key) {
      await link.send(['DEL', names('c', key)]);
    },
  };
}
