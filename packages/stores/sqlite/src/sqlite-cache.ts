import type { CacheStore } from '@inferway/core/stores';
import { InferwayError, systemClock } from '@inferway/core';
import { Database, type SqliteOptions } from './database.js';

export interface SqliteCacheOptions extends SqliteOptions {
  /** Above it the entries that end first are removed. Default 10,000. */
  readonly maxEntries?: number | undefined;
}

// Old entries are looked for once in so many writes.
const SWEEP_EVERY = 64;

/**
 * A cache in an SQLite file, for answers that outlive a process. Bounded by entries, not by bytes: keep room for `maxEntries` answers.
 *
 * @throws {InferwayError} `configuration` for options that cannot work and a file that cannot be used.
 */
export function createSqliteCache(options: SqliteCacheOptions): CacheStore {
  const { maxEntries = 10_000, clock = systemClock } = options;
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new InferwayError('configuration', {
      message: `createSqliteCache: maxEntries is ${maxEntries}; give a whole number of 1 or more.`,
      param: 'maxEntries',
    });
  }
  // What is lost in a power cut was only a cache.
  const database = new Database('createSqliteCache', { sync: 'normal', ...options });
  let writes = 0;

  const sweep = (): void => {
    database.statement('DELETE FROM cache WHERE expires_at <= ?').run(clock.wallTime());
    database
      .statement(
        'DELETE FROM cache WHERE key IN (SELECT key FROM cache ORDER BY expires_at DESC LIMIT -1 OFFSET ?)',
      )
      .run(maxEntries);
  };

  return {
    async get(key) {
      const found = await database.run(() =>
        database
          .statement('SELECT value FROM cache WHERE key = ? AND expires_at > ?')
          .get(key, clock.wallTime()),
      );
      return (found as { readonly value: string } | undefined)?.value;
    },
    set(key, value, ttlMs) {
      return database.write(() => {
        database
          .statement(
            'INSERT INTO cache (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at',
          )
          .run(key, value, Math.ceil(clock.wallTime() + ttlMs));
        if (writes++ % Math.min(SWEEP_EVERY, maxEntries) === 0) sweep();
      });
    },
    delete(key) {
      return database.write(() => {
        database.statement('DELETE FROM cache WHERE key = ?').run(key);
      });
    },
    close: () => database.close(),
  };
}
