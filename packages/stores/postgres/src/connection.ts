import { InferwayError } from '@inferway/core';
import { Pool } from 'pg';
import { migrate } from './migrate.js';
import { postgresError } from './postgres-error.js';
import type { PostgresClient, PostgresPool, PostgresSettings } from './postgres-options.js';

/** A way to one schema of a database: every operation within its time, every failure an `InferwayError`. */
export class Connection {
  readonly schema: string;
  readonly #settings: PostgresSettings;
  readonly #pool: PostgresPool;
  /** The pool that is ours to close. */
  readonly #own: Pool | undefined;
  #ready: Promise<void> | undefined;
  /** Clients that have somebody who hears their errors. */
  readonly #heard = new WeakSet<PostgresClient>();
  #isClosed = false;

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
    this.schema = settings.schema;
    this.#own = settings.pool === undefined ? makePool(settings) : undefined;
    this.#pool = settings.pool ?? (this.#own as PostgresPool);
  }

  /** Makes the tables, or brings them to this release's version. Any number of processes may do so at once. */
  async migrate(): Promise<void> {
    // What waits for another process that migrates waits for it as long as that takes.
    await this.#within(this.#settings.timeoutMs, (client, left) =>
      migrate(client, this.schema, { apply: true, timeoutMs: left }),
    );
    this.#ready = Promise.resolve();
  }

  /** One statement with its values, as one round trip. */
  async query<R extends object>(sql: string, values: readonly unknown[]): Promise<readonly R[]> {
    const began = performance.now();
    await this.#usable();
    const left = Math.max(1, this.#settings.timeoutMs - (performance.now() - began));
    return this.#within(left, async (client, timeoutMs) => {
      const { rows } = await client.query({
        text: sql,
        values: [...values],
        query_timeout: timeoutMs,
      });
      return rows as readonly R[];
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#own !== undefined) await endWithin(this.#own, this.#settings.timeoutMs);
  }

  #usable(): Promise<void> {
    this.#ready ??= this.#within(this.#settings.timeoutMs, (client, timeoutMs) =>
      migrate(client, this.schema, { apply: !this.#settings.isManual, timeoutMs }),
    ).catch((reason: unknown) => {
      // The next operation looks again.
      this.#ready = undefined;
      throw reason;
    });
    return this.#ready;
  }

  // A line may break while a client is ours and no statement runs, or after it was given up: unheard, its error would end the process.
  #hear(client: PostgresClient): void {
    if (this.#heard.has(client)) return;
    this.#heard.add(client);
    client.on('error', () => {});
  }

  async #within<T>(
    timeoutMs: number,
    work: (client: PostgresClient, timeoutMs: number) => Promise<T>,
  ): Promise<T> {
    if (this.#isClosed) {
      throw new InferwayError('configuration', {
        message: 'This store was closed. Close it after its last use.',
      });
    }
    const began = performance.now();
    let client: PostgresClient | undefined;
    try {
      client = await connectWithin(this.#pool, timeoutMs);
      this.#hear(client);
      const result = await work(client, Math.max(1, timeoutMs - (performance.now() - began)));
      client.release();
      return result;
    } catch (reason) {
      const error = postgresError(reason);
      // One that may still be waiting for an answer is of no use to the next.
      client?.release(isOfTheLine(error));
      throw error;
    }
  }
}

function isOfTheLine({ code }: InferwayError): boolean {
  return code !== 'invalid_request' && code !== 'configuration';
}

function makePool({ url, maxConnections, timeoutMs }: PostgresSettings): Pool {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: timeoutMs,
    // The server gives up a little after the client: what nobody waits for does not go on.
    statement_timeout: Math.ceil(timeoutMs * 1.1),
    idle_in_transaction_session_timeout: Math.ceil(timeoutMs * 2),
    keepAlive: true,
    application_name: 'inferway',
    allowExitOnIdle: true,
  });
  // A connection that breaks while it is idle is replaced at the next use; unheard, its error would end the process.
  pool.on('error', () => {});
  return pool;
}

/** A connection of the pool; one that comes too late goes back. */
function connectWithin(pool: PostgresPool, timeoutMs: number): Promise<PostgresClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error('timeout: no connection'));
    }, timeoutMs);
    pool.connect().then(
      (client) => {
        clearTimeout(timer);
        if (isLate) client.release();
        else resolve(client);
      },
      (reason: unknown) => {
        clearTimeout(timer);
        reject(reason);
      },
    );
  });
}

/** Says goodbye on all connections; a server that is frozen does not answer that, and is not waited for. */
function endWithin(pool: Pool, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    pool.end().finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
