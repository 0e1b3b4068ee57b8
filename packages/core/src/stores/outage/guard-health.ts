import type { HealthMark, HealthStore } from '../health-store.js';
import { memoryHealth } from '../memory-health.js';
import { readOutageOptions, type OutageOptions } from './outage-options.js';
import { StoreLink } from './store-link.js';

/** A health store that never fails: what this process marked itself is known here too, and is all that is known while the store is away. */
export function guardHealth(store: HealthStore, options: OutageOptions = {}): HealthStore {
  const settings = readOutageOptions('guardHealth', options);
  const link = new StoreLink('health', settings, 'Each process goes by what it saw itself.');
  const own = memoryHealth({ clock: settings.clock });
  const or = <T>(ask: () => T | Promise<T>, here: () => T | Promise<T>): T | Promise<T> => {
    try {
      const answer = link.run(ask);
      return answer instanceof Promise ? answer.catch(here) : answer;
    } catch {
      return here();
    }
  };
  return {
    mark(key, ms, reason) {
      void own.mark(key, ms, reason);
      return or<void>(() => store.mark(key, ms, reason), nothing);
    },
    clear(key) {
      void own.clear(key);
      return or<void>(() => store.clear(key), nothing);
    },
    read: (keys) =>
      or<readonly (HealthMark | undefined)[]>(
        () => store.read(keys),
        () => own.read(keys),
      ),
    claim: (name, count, ms) =>
      or<boolean>(
        () => store.claim(name, count, ms),
        () => own.claim(name, count, ms),
      ),
    ...(store.watch === undefined ? {} : { watch: (listener) => watchOf(store, listener) }),
    close: async () => store.close?.(),
  };
}

function watchOf(store: HealthStore, listener: (mark: HealthMark) => void): () => void {
  try {
    return store.watch?.(listener) ?? nothing;
  } catch {
    return nothing;
  }
}

function nothing(): void {}
