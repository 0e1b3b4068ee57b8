import { InferwayError } from '@inferway/core';

/** A `Pool` of `pg`, as far as it is used. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

/** A connection of a pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: readonly unknown[] }>;
  /** @param destroy Whether the connection is of no use to the next one. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
}

export interface PostgresQuery {
  readonly text: string;
  readonly values: unknown[];
  /** Milliseconds. */
  readonly query_timeout: number;
}

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database?sslmode=verify-full`. This or `pool`. */
  readonly url?: string | undefined;
  /** A pool of your own, which stays yours to close; its time-outs and sizes are your own, too. */
  readonly pool?: PostgresPool | undefined;
  /** Of Postgres, for the tables; made where it is missing. Default `inferway`. */
  readonly schema?: string | undefined;
  /**
   * `auto`: the tables are made or brought to this release's version at the first use. `manual`: the first use fails where they are not; call
   * `migrate()` when you deploy. Default `auto`.
   */
  readonly migrations?: 'auto' | 'manual' | undefined;
  /** Connections at most. Default 4. */
  readonly maxConnections?: number | undefined;
  /** How long one operation may take, with the wait for a connection. Default 5,000 ms. */
  readonly timeoutMs?: number | undefined;
}

export interface PostgresSettings {
  readonly url: string | undefined;
  readonly pool: PostgresPool | undefined;
  /** Checked: it needs no quotes, and gets some. */
  readonly schema: string;
  readonly isManual: boolean;
  readonly maxConnections: number;
  readonly timeoutMs: number;
}

/** @throws {InferwayError} `configuration` for what cannot work. Nothing of the URL is in the message. */
export function readPostgresOptions(owner: string, options: PostgresOptions): PostgresSettings {
  const { url, pool, schema = 'inferway', migrations = 'auto' } = options;
  const refuse = (param: string, what: string): InferwayError =>
    new InferwayError('configuration', { message: `${owner}: ${what}`, param });
  if ((url === undefined) === (pool === undefined)) {
    throw refuse('url', 'give either a url or a pool.');
  }
  if (url !== undefined && !isPostgresUrl(url)) {
    throw refuse(
      'url',
      'the url is none of Postgres. Give postgres://user:password@host:5432/database, special characters escaped (%40 for @).',
    );
  }
  if (!/^[a-z_][a-z0-9_]{0,62}$/u.test(schema) || schema.startsWith('pg_')) {
    throw refuse(
      'schema',
      `schema is ${JSON.stringify(schema)}; give a name of a-z, 0-9 and _, of at most 63 characters, that is not Postgres's own.`,
    );
  }
  if (migrations !== 'auto' && migrations !== 'manual') {
    throw refuse(
      'migrations',
      `migrations is ${JSON.stringify(migrations)}; give 'auto' or 'manual'.`,
    );
  }
  const { maxConnections = 4, timeoutMs = 5000 } = options;
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1) {
    throw refuse(
      'maxConnections',
      `maxConnections is ${maxConnections}; give a whole number of 1 or more.`,
    );
  }
  if (pool !== undefined && options.maxConnections !== undefined) {
    throw refuse(
      'maxConnections',
      'maxConnections is of a pool that is made from a url. Bound the given pool itself.',
    );
  }
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0 && timeoutMs <= 2_147_483_647)) {
    throw refuse('timeoutMs', `timeoutMs is ${timeoutMs}; give milliseconds above 0.`);
  }
  return {
    url,
    pool,
    schema: `"${schema}"`,
    isManual: migrations === 'manual',
    maxConnections,
    timeoutMs,
  };
}

function isPostgresUrl(url: string): boolean {
  try {
    return ['postgres:', 'postgresql:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
