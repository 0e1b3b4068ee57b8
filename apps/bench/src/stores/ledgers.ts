import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpool } from '@inferway/core/spool';
import { memoryLedger, type Ledger, type LedgerRow } from '@inferway/core/stores';
import { createPostgresLedger } from '@inferway/postgres';
import { createSqliteLedger } from '@inferway/sqlite';
import pg from 'pg';
import { rounds, type StoreRow } from './measured.js';

const BATCH_ROWS = 500;

/** Appends in batches of 500 rows to a ledger in memory and to one in a file, and the spool's two lines an attempt. */
export async function measureLedgers(times: number, count: number): Promise<StoreRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'inferway-bench-'));
  const sqlite = createSqliteLedger({ path: join(directory, 'ledger.db') });
  const spool = createSpool({ directory: join(directory, 'spool') });
  try {
    const attempts = (): number => {
      const rows = makeRows(count);
      const start = performance.now();
      for (const row of rows) {
        spool.begin({ ...row, status: 'abandoned' });
        spool.end(row);
      }
      const taken = performance.now() - start;
      spool.acknowledge(rows.map(({ id }) => id));
      return (taken * 1000) / count;
    };
    return [
      await appends('memory', memoryLedger(), times, count),
      await appends('SQLite, sync full', sqlite, times, count),
      {
        what: 'spool: one attempt, begun and ended',
        unit: 'µs an attempt',
        cost: await rounds(times, attempts),
      },
    ];
  } finally {
    await spool.close();
    await sqlite.close?.();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The same in a schema of its own, which is dropped afterwards. */
export async function measurePostgres(
  url: string,
  times: number,
  count: number,
): Promise<StoreRow[]> {
  const schema = `bench_${randomUUID().replaceAll('-', '')}`;
  const ledger = createPostgresLedger({ url, schema });
  try {
    return [await appends('Postgres', ledger, times, count)];
  } finally {
    await ledger.close?.();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    await client.end();
  }
}

async function appends(
  name: string,
  ledger: Ledger,
  times: number,
  count: number,
): Promise<StoreRow> {
  const once = async (): Promise<number> => {
    const rows = makeRows(count);
    const start = performance.now();
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      await ledger.append(rows.slice(at, at + BATCH_ROWS));
    }
    return ((performance.now() - start) * 1000) / count;
  };
  return {
    what: `ledger append in batches of ${BATCH_ROWS}: ${name}`,
    unit: 'µs a row',
    cost: await rounds(times, once),
  };
}

function makeRows(count: number): LedgerRow[] {
  return Array.from({ length: count }, () => {
    const callId = randomUUID();
    return {
      id: `${callId}:1`,
      callId,
      attempt: 1,
      at: Date.now(),
      durationMs: 812,
      caller: { tenant: 'acme', key: 'k-1', user: 'u-1' },
      operation: 'chat',
      provider: 'bench',
      model: 'bench',
      status: 'complete',
      inputTokens: 400,
      outputTokens: 120,
      cost: 132_000,
      costSource: 'price',
      possiblyBilled: false,
    };
  });
}
