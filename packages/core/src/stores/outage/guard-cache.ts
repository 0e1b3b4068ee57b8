import type { CacheStore } from '../cache-store.js';
import { readOutageOptions, type OutageOptions } from './outage-options.js';
import { StoreLink } from './store-link.js';

/** A cache store that never fails: what it cannot read is a miss, what it cannot write is not there. One line tells of an outage. */
export function guardCache(store: CacheStore, options: OutageOptions = {}): CacheStore {
  const link = new StoreLink(
    'cache',
    readOutageOptions('guardCache', options),
    'Every call is a miss.',
  );
  return {
    get: (key) => orNothing(() => link.run(() => store.get(key))),
    set: (key, value, ttlMs) => orNothing(() => link.run(() => store.set(key, value, ttlMs))),
    delete: (key) => orNothing(() => link.run(() => store.delete(key))),
    close: async () => store.close?.(),
  };
}

function orNothing<T>(ask: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
  try {
    const answer = ask();
    return answer instanceof Promise ? answer.catch(() => undefined) : answer;
  } catch {
    return undefined;
  }
}
