// The canonical order
export { checkOrder } from './order.js';
export { standard } from './standard.js';
export type { Slot, StandardOptions } from './standard-options.js';

// Attempts
export { retry, type RetryOptions } from './retry/retry.js';
export { fallback, type FallbackOptions } from './fallback/fallback.js';
export type { FallbackChoice, FallbackTable } from './fallback/fallback-plan.js';
export type { FallbackTarget, RuledTarget } from './target-list.js';
export { timeout } from './timeout/timeout.js';
export type { TimeoutOptions } from './timeout/timeout-limits.js';

// Credentials
export { auth, type AuthSources } from './auth/auth.js';
export type { CredentialSource } from './auth/credential-source.js';
export { env } from './auth/env.js';
export { fixed } from './auth/fixed.js';
export { pool } from './auth/pool.js';
export type { PoolOptions } from './auth/pool-options.js';
export { refreshing, type FreshSecret, type RefreshingOptions } from './auth/refreshing.js';

// Spending
export { cost, type CostOptions } from './cost/cost.js';
export type { Charge } from './cost/charge.js';
export { readDollarPrices, type DollarPrices } from '../dollar-prices.js';
export { priceTable } from './cost/price-table.js';

// Watching
export { monitor, type CallEnd, type MonitorOptions } from './monitor/monitor.js';
export type { AttemptEnd } from './monitor/attempt-watch.js';
export { formatEvent } from './monitor/format-event.js';
