import type { Clock } from '../../clock.js';
import type { CacheStore } from './cache-store.js';

/** Reads without ever failing: an error, or more than `ms`, is a miss. */
export function readStore(
  store: CacheStore,
  key: string,
  clock: Clock,
  ms: number,
): string | undefined | Promise<string | undefined> {
  try {
    const found = store.get(key);
    return found instanceof Promise ? within(found, clock, ms) : found;
  } catch {
    return undefined;
  }
}

/** Writes in the background; an entry that could not be stored is one that is not there. */
export function writeStore(store: CacheStore, key: string, value: string, ttlMs: number): void {
  try {
    const written = store.set(key, value, ttlMs);
    if (written instanceof Promise) written.catch(() => {});
  } catch {
    // As above.
  }
}

function within(
  found: Promise<string | undefined>,
  clock: Clock,
  ms: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(() => resolve(undefined), ms);
    const settle = (value: string | undefined): void => {
      clock.clearTimer(timer);
      resolve(value);
    };
    found.then(settle, () => settle(undefined));
  });
}
