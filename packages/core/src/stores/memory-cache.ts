import { systemClock, type Clock } from '../clock.js';
import { checkCount } from '../option-checks.js';
import type { CacheStore } from './cache-store.js';

export interface MemoryCacheOptions {
  /** Default 1,000. */
  readonly maxEntries?: number | undefined;
  /** Of keys and values together, two bytes a character. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Entry {
  readonly value: string;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** A store in this process, bounded by entries and bytes: what was not used for the longest goes first. */
export function memoryCache(options: MemoryCacheOptions = {}): CacheStore {
  const maxEntries = checkCount('memoryCache', 'maxEntries', options.maxEntries ?? 1000);
  const maxBytes = checkCount('memoryCache', 'maxBytes', options.maxBytes ?? 64 * 1024 * 1024);
  const clock = options.clock ?? systemClock;
  // In the order of last use, since a Map keeps the order of insertion.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    bytes -= entry.bytes;
    entries.delete(key);
  };

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.expiresAt <= clock.now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, ttlMs) {
      remove(key);
      const size = 2 * (key.length + value.length);
      if (size > maxBytes) return;
      entries.set(key, { value, bytes: size, expiresAt: clock.now() + ttlMs });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= maxBytes) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
