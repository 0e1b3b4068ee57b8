import type { EventOf, Operation, RequestOf } from '@inferway/core';
import type { Decoded } from '@inferway/wire';

/** A question and its answer, of one operation. */
export interface Sample<K extends Operation = Operation> {
  /** As it travels in the chain. */
  readonly request: RequestOf<K>;
  readonly answer: Decoded<K>;
  /** The answer as a stream; default: what the operation's traits make of it. */
  readonly events?: readonly EventOf<K>[] | undefined;
  /** A word of the request that must not be found in errors. Default: the longest text in it. */
  readonly secret?: string | undefined;
}
