import type { Caller } from '../caller.js';
import type { ErrorCode } from '../error-code.js';
import type { NanoUsd } from '../money.js';

/** What one attempt cost, written once. */
export interface LedgerRow {
  /**
   * Unique over all processes: a second row with it is not written. `attemptIdOf` unless the application gave the call its id, which may come twice:
   * then one of ours; look such rows up by `callId`.
   */
  readonly id: string;
  readonly callId: string;
  /** 1 for the first attempt of the call. */
  readonly attempt: number;
  /** When the attempt began, in epoch milliseconds. */
  readonly at: number;
  readonly durationMs?: number | undefined;
  readonly caller: Caller;
  readonly operation: string;
  readonly provider: string;
  readonly model: string;
  /** Behind a router: the provider that served it. */
  readonly servedBy?: string | undefined;
  /** The label of the credential. */
  readonly credential?: string | undefined;
  readonly requestId?: string | undefined;
  /** `abandoned`: the process ended before it could tell how the attempt did; what was reserved is taken for its cost. */
  readonly status: 'complete' | 'failed' | 'cancelled' | 'abandoned';
  readonly error?: ErrorCode | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** Integer nano-dollars; undefined where no price is known. */
  readonly cost?: NanoUsd | undefined;
  /** `unknown`: no price or no usage; such a row is never a 0. `none`: nothing was billed. */
  readonly costSource: 'provider' | 'price' | 'estimate' | 'unknown' | 'none';
  /** True where the provider may or may not have billed it: a broken connection, an abandoned attempt. */
  readonly possiblyBilled: boolean;
}

/** Which rows: all conditions together. Times are epoch milliseconds of `at`, `from` inclusive, `to` exclusive. */
export interface LedgerQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly tenant?: string | undefined;
  readonly key?: string | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly tag?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly callId?: string | undefined;
}

/** All that sums may be told apart by. */
export const LEDGER_GROUPS = [
  'tenant',
  'key',
  'user',
  'team',
  'tag',
  'provider',
  'model',
  'operation',
  'status',
  'day',
] as const;

/** What sums may be told apart by; a `tag` counts a row once for each of its tags. */
export type LedgerGroup = (typeof LEDGER_GROUPS)[number];

/** Totals of rows. Amounts in integer nano-dollars. */
export interface LedgerSum {
  /** The value of each group asked for; '' where a row has none. `day` is `2026-11-21` in UTC. */
  readonly group: { readonly [G in LedgerGroup]?: string };
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the rows whose cost is known. */
  readonly cost: NanoUsd;
  /** Part of `cost` that is an estimate. */
  readonly estimatedCost: NanoUsd;
  /** Rows whose cost is unknown. */
  readonly unknown: number;
}

/** Some of the rows, oldest first. */
export interface LedgerPage {
  readonly rows: readonly LedgerRow[];
  /** Give it as `after` for the next page; absent on the last one. */
  readonly next?: string | undefined;
}

/** Where spend is written down. Rows are never changed or taken back. Failures are thrown. */
export interface Ledger {
  /** Writes all rows or none; those whose id is there already are left as they are. One round trip. */
  append(rows: readonly LedgerRow[]): Promise<void>;
  /** Totals, one for each combination of `by` that has rows; without `by`, one. */
  sum(query: LedgerQuery, by?: readonly LedgerGroup[]): Promise<readonly LedgerSum[]>;
  /** The rows themselves, oldest first. @param limit Default 100, at most 1,000. */
  rows(
    query: LedgerQuery,
    page?: { readonly limit?: number; readonly after?: string },
  ): Promise<LedgerPage>;
  /** Releases connections. */
  close?(): Promise<void>;
}
