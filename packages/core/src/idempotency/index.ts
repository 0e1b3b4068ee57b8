// One key, one execution
export { idempotency, type IdempotencyLayer } from '../middleware/idempotency/idempotency.js';
export { idempotencyKey } from '../middleware/idempotency/idempotency-key.js';
export type { IdempotencyOptions } from '../middleware/idempotency/idempotency-options.js';
export { isReplayed } from '../middleware/idempotency/kept-end.js';
export type { CacheScope } from '../middleware/cache-scope.js';
