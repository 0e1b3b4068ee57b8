import type { NanoUsd } from '@inferway/core';
import type { LedgerRow } from '@inferway/core/stores';
import type { Lapsed } from './lapsed.js';
import type { CallTale, Decision } from './orders.js';

/** All that is known after a run. */
export interface History {
  readonly workers: number;
  /** Epoch milliseconds. */
  readonly killedAt: number;
  /** The killed worker was without a store before. What it spent of the slices that it held then is known to nobody (decision 0026). */
  readonly killedInOutage: boolean;
  /** Whether Redis forgot everything in between. */
  readonly emptied: boolean;
  readonly samples: number;
  readonly outages: number;
  readonly tales: readonly CallTale[];
  readonly decisions: readonly Decision[];
  readonly bill: ReadonlyMap<string, NanoUsd>;
  readonly rows: readonly LedgerRow[];
  readonly tenants: readonly TenantBooks[];
  readonly lapsed: ReadonlyMap<string, Lapsed>;
}

/** What one tenant's budget says, and the most that it ever said. */
export interface TenantBooks {
  readonly tenant: string;
  readonly limit: NanoUsd;
  readonly mostUsed: NanoUsd;
  readonly used: NanoUsd;
  readonly held: NanoUsd;
  readonly places: number;
}
