import { testStore } from '@inferway/conformance';
import { createPostgresCache, createPostgresLedger } from '@inferway/postgres';
import { describe, it } from 'vitest';
import { withDatabase } from './database.js';

await withDatabase(({ url, schema }) => {
  testStore({
    name: 'Postgres',
    shared: true,
    ledger: () => createPostgresLedger({ url, schema }),
    cache: () => createPostgresCache({ url, schema }),
    runner: { describe, it },
  });
});
