import type { SendOptions } from '../client-types.js';
import type { Operation } from '../operations.js';
import type { Provider } from '../provider.js';
import type { UnaryReply } from '../reply.js';
import type { Runtime } from '../runtime.js';
import type { BatchSettings } from './client-batch-types.js';

/** What a client lends to its batches. */
export interface BatchHost {
  readonly runtime: Runtime;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly settings: BatchSettings;
  /** One call through the chain. */
  send(operation: Operation, request: unknown, options: SendOptions<false>): Promise<UnaryReply>;
}
