export { createPostgresCache } from './postgres-cache.js';
export { createPostgresLedger, type PostgresLedger } from './postgres-ledger.js';
export type {
  PostgresClient,
  PostgresOptions,
  PostgresPool,
  PostgresQuery,
} from './postgres-options.js';
