import type { ProviderBatch } from './batch/batch-types.js';
import type { Call } from './call.js';
import type { ModelInfo } from './model-info.js';
import type { Operation } from './operations.js';
import type { Reply } from './reply.js';
import type { OperationTraits } from './traits.js';

/**
 * A provider is a plain object: a name, and one function per operation that it has. An absent key means: not supported.
 * A function settles only when the provider accepted the call (2xx headers), and throws an `InferwayError` otherwise (laws 1, 2).
 */
export type Provider = ProviderBase & {
  readonly [K in Operation]?: (call: Call<K>) => Promise<Reply<Call<K>>>;
};

export interface ProviderBase {
  /** The part before the slash in `provider/model`. */
  readonly name: string;
  /** Discovery: what the provider serves now. */
  models?(options?: { readonly signal?: AbortSignal }): Promise<readonly ModelInfo[]>;
  /** The provider's batch API. Where there is none, the client runs batches itself. */
  readonly batch?: ProviderBatch | undefined;
  /** Traits of operations that this provider brings with it. */
  readonly traits?: { readonly [K in Operation]?: OperationTraits<K> } | undefined;
  /** Releases pooled connections. */
  close?(): Promise<void>;
}

/** A provider whose name and operations are known to the compiler. */
export type ProviderOf<Name extends string, K extends Operation> = ProviderBase & {
  readonly name: Name;
} & {
  readonly [P in K]: (call: Call<P>) => Promise<Reply<Call<P>>>;
};
