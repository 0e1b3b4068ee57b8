// What a store is
export type { CacheStore } from './cache-store.js';
export type { Neighbour, VectorIndex } from './vector-index.js';
export type {
  PlaceLimit,
  QuotaDecision,
  QuotaGranted,
  QuotaHold,
  QuotaLimit,
  QuotaRefused,
  QuotaState,
  QuotaStore,
  Reservation,
  Settlement,
  SpendLimit,
  WindowLimit,
} from './quota-store.js';
export type {
  ClaimRequest,
  IdempotencyClaim,
  IdempotencyFinish,
  IdempotencyStore,
} from './idempotency-store.js';
export type { HealthMark, HealthStore } from './health-store.js';
export type { HealthSharing } from './health-link.js';
export type {
  Ledger,
  LedgerGroup,
  LedgerPage,
  LedgerQuery,
  LedgerRow,
  LedgerSum,
} from './ledger.js';
export { LEDGER_GROUPS } from './ledger.js';
export { SPEND_PERIODS, spendPeriodOf, type SpendPeriod } from './spend-period.js';

// In this process
export { memoryCache, type MemoryCacheOptions } from './memory-cache.js';
export { memoryHealth, type MemoryHealthOptions } from './memory-health.js';
export { memoryIdempotency, type MemoryIdempotencyOptions } from './memory-idempotency.js';
export { memoryVectors, type MemoryVectorsOptions } from './memory-vectors.js';
export { memoryQuota, type MemoryQuotaOptions } from './memory-quota.js';
export { memoryLedger, type MemoryLedgerOptions } from './memory-ledger.js';

// When a store is away
export { guardQuota } from './outage/guard-quota.js';
export type { GuardQuotaOptions } from './outage/guard-quota-options.js';
export { guardCache } from './outage/guard-cache.js';
export { guardHealth } from './outage/guard-health.js';
export type { OutageEvent, OutageOptions } from './outage/outage-options.js';

// For the authors of stores
export {
  checkLedgerQuery,
  checkLedgerRows,
  ledgerPage,
  readLedgerPlace,
  type LedgerCursor,
  type LedgerPlace,
} from './ledger-check.js';
export {
  LEDGER_COLUMNS,
  ledgerConditions,
  ledgerRecord,
  rowOfRecord,
  storedText,
  type LedgerCondition,
  type LedgerRecord,
} from './ledger-record.js';
export { exactTotal, sortedSums, sumOfRecord } from './ledger-sums.js';
export { checkLimits, checkReservation, checkSettlement, checkWhole } from './check-quota.js';
