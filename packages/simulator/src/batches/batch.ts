import type { JsonObject } from '@inferway/core';
import type { OrderLine } from './order-line.js';

/** How long a file is looked at before its items are run. */
const VALIDATING_MS = 10;
/** How long all items are worked on, one after the other. */
const RUNNING_MS = 40;
/** How long the files of outcomes are written, and how long a cancelled batch takes to end. */
const FINALIZING_MS = 10;
export const DAY_MS = 86_400_000;

/** One order. What becomes of its items is found out when somebody looks. Times are milliseconds since the epoch. */
export interface Batch {
  readonly id: string;
  readonly tenant: string;
  readonly requestId: string;
  readonly inputFileId: string;
  readonly endpoint: string;
  readonly window: string;
  readonly metadata: JsonObject | null;
  readonly lines: readonly OrderLine[];
  /** Why its file cannot be run at all. */
  readonly problems: readonly JsonObject[];
  readonly createdAt: number;
  /** When somebody looked last: what is told of it is told as of then, or it could be over with items that were not run. */
  lookedAt: number;
  /** Every second item is not run in time. */
  readonly expires: boolean;
  cancelledAt?: number | undefined;
  readonly succeeded: JsonObject[];
  readonly failed: JsonObject[];
  /** How many items have been run. */
  done: number;
  outputFileId?: string | undefined;
  errorFileId?: string | undefined;
}

export type BatchPhase =
  | 'validating'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'failed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

/** Where a batch is at a time. */
export function phaseOf(batch: Batch, now: number): BatchPhase {
  const age = now - batch.createdAt;
  if (batch.cancelledAt !== undefined && batch.problems.length === 0) {
    return now - batch.cancelledAt < FINALIZING_MS ? 'cancelling' : 'cancelled';
  }
  if (age < VALIDATING_MS) return 'validating';
  if (batch.problems.length > 0) return 'failed';
  if (age < VALIDATING_MS + RUNNING_MS) return 'in_progress';
  if (age < VALIDATING_MS + RUNNING_MS + FINALIZING_MS) return 'finalizing';
  return batch.expires ? 'expired' : 'completed';
}

/** When it came to its end, where it did. */
export function endOf(batch: Batch, now: number): number | undefined {
  const phase = phaseOf(batch, now);
  if (phase === 'cancelled') return (batch.cancelledAt ?? 0) + FINALIZING_MS;
  if (phase === 'failed') return batch.createdAt + VALIDATING_MS;
  if (phase === 'completed' || phase === 'expired') {
    return batch.createdAt + VALIDATING_MS + RUNNING_MS + FINALIZING_MS;
  }
  return undefined;
}

/** How many items have been run at a time. */
export function dueOf(batch: Batch, now: number): number {
  if (batch.problems.length > 0) return 0;
  const until = Math.min(now, batch.cancelledAt ?? now);
  const part = (until - batch.createdAt - VALIDATING_MS) / RUNNING_MS;
  return Math.floor(Math.min(1, Math.max(0, part)) * batch.lines.length);
}
