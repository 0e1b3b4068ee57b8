import type { CacheStore } from '@inferway/core/stores';
import { Connection } from './connection.js';
import { readPostgresOptions, type PostgresOptions } from './postgres-options.js';

// Old entries are removed once in so many writes, and so many at a time.
const SWEEP_EVERY = 64;
const SWEPT_AT_ONCE = 1000;

/**
 * A cache in Postgres, for answers that several processes share, on the server's clock. Its table is not in the server's log: a crash of the
 * server empties it. Not bounded but by the times of its entries; where there are many calls, Redis is the better place.
 *
 * @throws {InferwayError} `configuration` for options that cannot work. The server is first asked at the first use.
 */
export function createPostgresCache(options: PostgresOptions): CacheStore {
  const connection = new Connection(readPostgresOptions('createPostgresCache', options));
  const table = `${connection.schema}.cache`;
  let writes = 0;

  const sweep = (): void => {
    const old = `SELECT key FROM ${table} WHERE expires_at <= now() LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED`;
    // Behind the call that wrote; where it fails, the next one comes.
    connection.query(`DELETE FROM ${table} WHERE key IN (${old})`, []).catch(() => {});
  };

  return {
    async get(key) {
      const [found] = await connection.query<{ value: Buffer }>(
        `SELECT value FROM ${table} WHERE key = $1 AND expires_at > now()`,
        [key],
      );
      return found?.value.toString();
    },
    async set(key, value, ttlMs) {
      // As bytes: text of Postgres has no place for NUL.
      await connection.query(
        `INSERT INTO ${table} (key, value, expires_at) VALUES ($1, $2, now() + $3::double precision * interval '1 millisecond') ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        [key, Buffer.from(value), ttlMs],
      );
      if (writes++ % SWEEP_EVERY === 0) sweep();
    },
    async delete(key) {
      await connection.query(`DELETE FROM ${table} WHERE key = $1`, [key]);
    },
    close: () => connection.close(),
  };
}
