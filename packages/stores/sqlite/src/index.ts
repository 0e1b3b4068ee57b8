export { createSqliteLedger } from './sqlite-ledger.js';
export { createSqliteCache, type SqliteCacheOptions } from './sqlite-cache.js';
export type { SqliteOptions } from './database.js';
