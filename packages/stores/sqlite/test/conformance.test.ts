import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testStore } from '@inferway/conformance';
import { createSqliteCache, createSqliteLedger } from '@inferway/sqlite';
import { afterAll, describe, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'inferway-sqlite-'));
const path = join(directory, 'inferway.db');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

testStore({
  name: 'an SQLite file that several connections share',
  shared: true,
  ledger: () => createSqliteLedger({ path, sync: 'normal' }),
  cache: () => createSqliteCache({ path }),
  runner: { describe, it },
});

testStore({
  name: 'SQLite in memory',
  ledger: () => createSqliteLedger({ path: ':memory:' }),
  cache: () => createSqliteCache({ path: ':memory:' }),
  runner: { describe, it },
});
