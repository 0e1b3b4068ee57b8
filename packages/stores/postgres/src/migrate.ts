import { InferwayError } from '@inferway/core';
import { MIGRATIONS } from './migrations.js';
import type { PostgresClient } from './postgres-options.js';

export interface MigrateOptions {
  /** False: only look whether the version is right. */
  readonly apply: boolean;
  readonly timeoutMs: number;
}

/** One number for all that migrate: "inferway" as a phone's keys would write it. */
const LOCK = 46_337_929;

/**
 * Brings a schema to this release's version, in one transaction, one process at a time.
 *
 * @throws {InferwayError} `configuration` for a schema of a newer release, and for an older one where nothing may be applied.
 */
export async function migrate(
  client: PostgresClient,
  schema: string,
  { apply, timeoutMs }: MigrateOptions,
): Promise<void> {
  const ask: Ask = async <R extends object>(text: string, values: unknown[] = []) =>
    (await client.query({ text, values, query_timeout: timeoutMs })).rows as readonly R[];
  const found = await versionOf(ask, schema);
  if (found > MIGRATIONS.length) throw tooNew(schema, found);
  if (found === MIGRATIONS.length) return;
  if (!apply) {
    throw new InferwayError('configuration', {
      message: `The schema ${schema} has version ${found} of the tables, and this release needs ${MIGRATIONS.length}. Call migrate() when you deploy, or set migrations: 'auto'.`,
      param: 'migrations',
    });
  }
  await ask('BEGIN');
  try {
    await ask('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await applyMissing(ask, schema);
    await ask('COMMIT');
  } catch (reason) {
    // Where the connection is broken this fails, too, and the server has rolled back by itself.
    await ask('ROLLBACK').catch(() => {});
    throw reason;
  }
}

type Ask = <R extends object>(text: string, values?: unknown[]) => Promise<readonly R[]>;

async function applyMissing(ask: Ask, schema: string): Promise<void> {
  // Looked at again: another process may have been faster.
  const found = await versionOf(ask, schema);
  if (found > MIGRATIONS.length) throw tooNew(schema, found);
  const names = await ask('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema.slice(1, -1)]);
  // A user may be allowed to use a schema, and not to make one.
  if (names.length === 0) await ask(`CREATE SCHEMA ${schema}`);
  await ask(
    `CREATE TABLE IF NOT EXISTS ${schema}.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  for (let version = found + 1; version <= MIGRATIONS.length; version++) {
    await ask((MIGRATIONS[version - 1] ?? '').replaceAll('{schema}', schema));
    await ask(`INSERT INTO ${schema}.migrations (version) VALUES ($1)`, [version]);
  }
}

async function versionOf(ask: Ask, schema: string): Promise<number> {
  // Not to_regclass(): it may answer from a cache that does not know yet what another connection made.
  const tables = await ask(
    `SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relname = 'migrations'`,
    [schema.slice(1, -1)],
  );
  if (tables.length === 0) return 0;
  const [row] = await ask<{ version: number | null }>(
    `SELECT max(version) AS version FROM ${schema}.migrations`,
  );
  return row?.version ?? 0;
}

function tooNew(schema: string, found: number): InferwayError {
  return new InferwayError('configuration', {
    message: `The schema ${schema} has version ${found} of the tables, and this release of @inferway/postgres knows ${MIGRATIONS.length}. Use a newer release.`,
    param: 'schema',
  });
}
