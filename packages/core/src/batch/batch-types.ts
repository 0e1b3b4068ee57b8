import type { Credential } from '../credential.js';
import type { InferwayError } from '../error.js';
import type { Model } from '../model.js';
import type { Operation, RequestOf, ResultOf } from '../operations.js';
import type { Runtime } from '../runtime.js';
import type { Usage } from '../usage.js';
import type { Warning } from '../warning.js';

/** One request of a batch. */
export interface BatchItem<K extends Operation = Operation> {
  /** Names the item within its batch. Letters, digits, `-` and `_`, at most 64: what every provider takes. */
  readonly id: string;
  readonly request: RequestOf<K>;
}

/** Many requests of one operation to one model, answered within hours at a lower price. */
export interface BatchOrder<K extends Operation = Operation> {
  readonly operation: K;
  readonly model: Model;
  readonly items: readonly BatchItem<K>[];
  /** Labels that come back with the job, where the provider keeps any. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export type BatchStatus =
  | 'pending'
  | 'running'
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'expired';

/** A batch as its provider tells of it. Times are milliseconds since the epoch. */
export interface BatchJob {
  /** The provider's own id. */
  readonly id: string;
  readonly provider: string;
  readonly status: BatchStatus;
  readonly operation?: Operation | undefined;
  /** Of all its items, where the provider says it. */
  readonly model?: string | undefined;
  readonly counts?: BatchCounts | undefined;
  readonly createdAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Why the batch as a whole failed. */
  readonly errors?: readonly InferwayError[] | undefined;
  readonly warnings?: readonly Warning[] | undefined;
}

/** How far a batch has come. `failed` counts items that were cancelled or expired too, where the provider does. */
export interface BatchCounts {
  readonly total?: number | undefined;
  readonly succeeded?: number | undefined;
  readonly failed?: number | undefined;
}

/** What became of one item. Results come in any order. */
export type BatchOutcome<K extends Operation = Operation> =
  | {
      readonly id: string;
      readonly status: 'succeeded';
      readonly result: ResultOf<K>;
      readonly usage?: Usage | undefined;
      readonly requestId?: string | undefined;
    }
  | {
      readonly id: string;
      /** `cancelled` and `expired`: never run, and not billed. */
      readonly status: 'failed' | 'cancelled' | 'expired';
      /** With the provider's request id, where there was one. */
      readonly error: InferwayError;
      readonly usage?: Usage | undefined;
    };

/** What the client lends to a provider's batch functions. */
export interface BatchContext {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  readonly credential?: Credential | undefined;
  /** Takes what is worth telling of results that are being read. */
  readonly warn?: ((warning: Warning) => void) | undefined;
}

/** A provider's batch API. */
export interface ProviderBatch {
  /** The operations that it takes. */
  readonly operations: readonly Operation[];
  /** What a batch costs less than calls do, as a part of 1, where the provider says one figure for all of its models. */
  readonly discount?: number | undefined;
  /** @throws {InferwayError} Also for an item that cannot be said at all, naming it. */
  create<K extends Operation>(order: BatchOrder<K>, context: BatchContext): Promise<BatchJob>;
  status(id: string, context: BatchContext): Promise<BatchJob>;
  /**
   * The outcomes of a batch that has ended, read as they arrive. A line that cannot be read is a failed outcome, with an id of its own making
   * where its item is not known. @throws {InferwayError} `conflict` while the batch has not ended.
   */
  results(id: string, context: BatchContext): AsyncIterable<BatchOutcome>;
  /** Asks for the end; what has been done until then has results. */
  cancel(id: string, context: BatchContext): Promise<BatchJob>;
}
