import type {
  CallOptions,
  InputWith,
  ModelName,
  OutputBound,
  SupportedBy,
} from '../client-input.js';
import type { Credential } from '../credential.js';
import type { InferwayError } from '../error.js';
import type { Cost } from '../money.js';
import type { Model } from '../model.js';
import type { ParsedOutput } from '../operations/chat-input.js';
import type { AnswerOf, Operation, ResultOf } from '../operations.js';
import type { PriceBook } from '../price.js';
import type { ProviderBase } from '../provider.js';
import type { Usage } from '../usage.js';
import type { Warning } from '../warning.js';
import type { BatchStore } from './batch-store.js';
import type { BatchJob } from './batch-types.js';

/** How a client treats batches. */
export interface BatchSettings {
  /** Where batches are written down. Default: this process's memory, so that a batch which the client runs ends with the process. */
  readonly store?: BatchStore | undefined;
  /** Items of one batch that the client runs at a time, where the provider has no batch API. Default 8. */
  readonly concurrency?: number | undefined;
  /** Prices of single calls; a provider's discount for batches is taken off. Without a discount that is known, the cost is not known. */
  readonly prices?: PriceBook | undefined;
}

declare const ANSWERS: unique symbol;

/** `<provider>/<its id>`, or `local/<id>` for one that the client runs. Text; the type remembers what its outcomes are. */
export type BatchId<K extends Operation = Operation, Output = undefined> = string & {
  readonly [ANSWERS]?: readonly [K, Output];
};

/** One item: what the operation's own method takes, without the model, and a name for it. */
export type BatchItemInput<K extends Operation, Output> = InputWith<K, Output> & {
  /** Letters, digits, `-` and `_`, at most 64; default `item-<index>`. */
  readonly id?: string | undefined;
};

/** A batch as an application orders it. `operation` is `chat` where it is not said. */
export interface BatchInput<P extends ProviderBase, K extends Operation, Output> {
  readonly model: ModelName<P, K> | Model;
  readonly operation?: K | undefined;
  readonly items: readonly BatchItemInput<K, Output>[];
  /** Labels that come back with the job. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** `client`: run it here and now, at the price of single calls, although the provider has a batch API. Default `provider`, where it has one. */
  readonly runBy?: 'provider' | 'client' | undefined;
}

export interface BatchOptions {
  /** Ends this call. Given to `create` or `resume`, it also ends a batch that the client runs: what is left of it is cancelled for now, and can be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the provider's own key. For calls to a provider's batch API. */
  readonly credential?: Credential | undefined;
  /** Given to `create` and `resume`: put into the state of every call of a batch that the client runs. */
  readonly state?: CallOptions['state'];
}

export interface WaitOptions extends BatchOptions {
  /** Milliseconds between two looks at a provider's batch. Default 10,000. */
  readonly everyMs?: number | undefined;
}

/** A batch in a client: its id tells the provider. */
export type ClientBatchJob<K extends Operation = Operation, Output = undefined> = BatchJob & {
  readonly id: BatchId<K, Output>;
};

/** A result as the operation's own method gives it: with `text`, `toolCalls`, `parsed`. */
export type BatchAnswer<K extends Operation, Output> = ResultOf<K> &
  AnswerOf<K> &
  ([ParsedOutput<Output>] extends [never]
    ? unknown
    : {
        /** Only in the process that created the batch: a schema cannot be written down. */
        readonly parsed?: ParsedOutput<Output> | undefined;
      });

/** What became of one item. */
export type ClientBatchOutcome<K extends Operation, Output = undefined> =
  | {
      readonly id: string;
      readonly status: 'succeeded';
      readonly result: BatchAnswer<K, Output>;
      readonly usage?: Usage | undefined;
      readonly cost?: Cost | undefined;
      readonly requestId?: string | undefined;
    }
  | {
      readonly id: string;
      readonly status: 'failed' | 'cancelled' | 'expired';
      readonly error: InferwayError;
      readonly usage?: Usage | undefined;
      readonly cost?: Cost | undefined;
    };

/** The outcomes of a batch, in any order: one for each item. */
export interface BatchOutcomes<K extends Operation, Output = undefined> extends AsyncIterable<
  ClientBatchOutcome<K, Output>
> {
  /** What was told while they were read, such as outcomes of items that nobody knows. */
  readonly warnings: readonly Warning[];
}

/**
 * Many requests to one model at once, over the provider's batch API, or run by the client itself where the provider has none for the operation:
 * then through the whole chain, a bounded number at a time, and written down in the `BatchStore`.
 */
export interface ClientBatches<P extends ProviderBase> {
  /**
   * Sends or starts a batch, and resolves when it is accepted.
   *
   * @throws {InferwayError} `invalid_request` naming the item for one that cannot be said, and for two of one id; what the provider answers.
   */
  create<
    K extends SupportedBy<P> = SupportedBy<P> & 'chat',
    const Output extends OutputBound<K> = undefined & OutputBound<K>,
  >(
    order: BatchInput<P, K, Output>,
    options?: BatchOptions,
  ): Promise<ClientBatchJob<K, Output>>;
  /** How far it is. @throws {InferwayError} `not_found`. */
  status(id: string, options?: BatchOptions): Promise<ClientBatchJob>;
  /**
   * The outcomes: of a provider's batch once it has ended (`wait` for that), of one that the client runs as they come about, until its end.
   * An item that the provider says nothing of is a failed one.
   */
  results<K extends Operation, Output>(
    id: BatchId<K, Output>,
    options?: BatchOptions,
  ): BatchOutcomes<K, Output>;
  results<K extends Operation = 'chat'>(id: string, options?: BatchOptions): BatchOutcomes<K>;
  /** Asks for the end. No further item is begun; what is done by then has results. */
  cancel(id: string, options?: BatchOptions): Promise<ClientBatchJob>;
  /** Resolves when the batch has ended, however it did. */
  wait(id: string, options?: WaitOptions): Promise<ClientBatchJob>;
  /**
   * Goes on with a batch that the client ran and that ended with its process or by a signal. Items with an outcome are not run again; those that
   * were on their way are, so that the provider may see one twice.
   *
   * @throws {InferwayError} `not_found`, or `conflict` while another process runs it.
   */
  resume(id: string, options?: BatchOptions): Promise<ClientBatchJob>;
}
