import type { Clock } from './clock.js';
import type { Operation } from './operations.js';
import type { OperationTraits } from './traits.js';

/** What a client lends to all of its calls. */
export interface Runtime {
  readonly clock: Clock;
  /** How an operation's events and results turn into each other, where anyone said so. */
  traits<K extends Operation>(operation: K): OperationTraits<K> | undefined;
}
