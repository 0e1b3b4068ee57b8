// For Node: rows of the ledger that outlive their process
export { createSpool, type Spool } from './create-spool.js';
export type { SpoolOptions } from './spool-options.js';
export type { DeferredRows, LedgerSpool, SpoolRecovery } from '../stores/ledger-spool.js';
