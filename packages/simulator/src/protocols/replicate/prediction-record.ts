import type { JsonObject, JsonValue, Usage } from '@inferway/core';
import type { ChosenFault } from '../../faults/fault-control.js';
import type { CatalogModel } from './model-kind.js';
import type { Work } from './work.js';

export type Status = 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled' | 'aborted';

/** One message of a prediction's stream. */
export interface StreamEvent {
  readonly event: 'output' | 'logs' | 'error' | 'done';
  readonly data: string;
  /** Epoch seconds, for its id. */
  readonly at: number;
}

/** What a request asks for. */
export interface PredictionOrder {
  readonly requestId: string;
  readonly tenant: string;
  /** The protocol's address as the client knows it. */
  readonly address: string;
  readonly model: CatalogModel;
  readonly input: JsonObject;
  readonly deployment?: string | undefined;
  readonly webhook?: WebhookOrder | undefined;
  /** Milliseconds after which it is given up. */
  readonly cancelAfterMs?: number | undefined;
  readonly fault?: ChosenFault | undefined;
}

/** Where a prediction reports to, and of what. */
export interface WebhookOrder {
  readonly url: string;
  /** Default: outputs and the end. */
  readonly events?: readonly string[] | undefined;
}

/** A prediction as it is now. */
export interface PredictionRecord {
  readonly id: string;
  readonly order: PredictionOrder;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly status: Status;
  readonly output: JsonValue;
  readonly error: string | null;
  readonly logs: string;
  readonly usage: Usage;
  /** What its outputs are; a stream of files has another address than one of text. */
  readonly gives: Work['gives'];
  /** The metrics that its model tells of. */
  readonly metrics: JsonObject;
}
