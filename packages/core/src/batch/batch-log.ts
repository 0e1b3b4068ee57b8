import { isJsonObject, type JsonObject } from '../json.js';
import type { Model } from '../model.js';
import type { Operation } from '../operations.js';
import { fromRecord, toRecord } from './batch-record.js';
import type { ReadyItem, ReadyOrder } from './batch-order.js';
import type { BatchRecord } from './batch-store.js';
import type { BatchStatus } from './batch-types.js';
import { outcomeFromRecord, outcomeToRecord, type KeptOutcome } from './kept-outcome.js';

/** A batch as its log tells it. */
export interface LoggedBatch {
  readonly order: ReadyOrder;
  /** True where the provider runs it: its items are then names only. */
  readonly remote: boolean;
  readonly outcomes: ReadonlyMap<string, KeptOutcome>;
  /** How it ended, where it did. */
  readonly ended?: { readonly status: BatchStatus; readonly at: number } | undefined;
}

/** The first lines of a log. */
export function orderRecords(order: ReadyOrder, remote: boolean): BatchRecord[] {
  const { operation, model, metadata, createdAt, items } = order;
  const { provider, id } = model;
  return [
    { kind: 'batch', operation, model: { provider, id }, metadata, createdAt, remote },
    ...items.map((item): JsonObject =>
      remote
        ? { kind: 'item', id: item.id }
        : { kind: 'item', id: item.id, request: toRecord(item.request as object) },
    ),
  ];
}

export function outcomeRecord(outcome: KeptOutcome): BatchRecord {
  return { kind: 'outcome', outcome: outcomeToRecord(outcome) };
}

export function endRecord(status: BatchStatus, at: number): BatchRecord {
  return { kind: 'end', status, at };
}

/** Reads a log; undefined for one that does not begin as a batch. */
export function readLog(records: readonly BatchRecord[]): LoggedBatch | undefined {
  const [head, ...rest] = records;
  if (head?.['kind'] !== 'batch' || !isJsonObject(head['model'])) return undefined;
  const items: ReadyItem[] = [];
  const outcomes = new Map<string, KeptOutcome>();
  let ended: LoggedBatch['ended'];
  for (const record of rest) {
    const { kind, id, outcome } = record;
    if (kind === 'item') items.push({ id: String(id), request: fromRecord(record['request']) });
    else if (kind === 'end') {
      ended = { status: record['status'] as BatchStatus, at: Number(record['at']) };
    } else if (kind === 'outcome' && isJsonObject(outcome)) {
      const kept = outcomeFromRecord(outcome);
      outcomes.set(kept.id, kept);
    }
  }
  const metadata = head['metadata'] as Readonly<Record<string, string>> | undefined;
  return {
    order: {
      operation: head['operation'] as Operation,
      model: head['model'] as unknown as Model,
      items,
      createdAt: Number(head['createdAt']),
      ...(metadata === undefined ? {} : { metadata }),
    },
    remote: head['remote'] === true,
    outcomes,
    ended,
  };
}
