// The canonical order
export { standard, type StandardOptions } from './standard.js';

// Attempts
export { retry, type RetryOptions } from './retry/retry.js';
export { fallback, type FallbackOptions } from './fallback/fallback.js';
export type { FallbackChoice, FallbackTable } from './fallback/fallback-plan.js';
export type { FallbackTarget, RuledTarget } from './fallback/fallback-target.js';
export { timeout } from './timeout/timeout.js';
export type { TimeoutOptions } from './timeout/timeout-limits.js';

// Credentials
export { auth, type AuthSources } from './auth/auth.js';
export type { CredentialSource } from './auth/credential-source.js';
export { env } from './auth/env.js';
export { fixed } from './auth/fixed.js';
export { pool, type PoolOptions } from './auth/pool.js';
export { refreshing, type FreshSecret, type RefreshingOptions } from './auth/refreshing.js';

// Caching
export { cache, type CacheOptions } from './cache/cache.js';
export { cacheMode, type CacheMode } from './cache/cache-mode.js';
export type { CacheStore } from './cache/cache-store.js';
export { memoryCache, type MemoryCacheOptions } from './cache/memory-cache.js';

// Spending
export { cost, type CostOptions } from './cost/cost.js';
export type { Charge } from './cost/charge.js';
export { readDollarPrices, type DollarPrices } from './cost/dollar-prices.js';
export { priceTable } from './cost/price-table.js';
