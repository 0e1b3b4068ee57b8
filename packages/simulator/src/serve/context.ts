import type { Clock, Operation } from '@inferway/core';
import type { Bill } from '../bill/bill.js';
import type { FaultBook } from '../faults/fault-control.js';
import type { Limits, RateLimiter } from '../limits/rate-limiter.js';
import type { SimulatedModel } from '../models.js';
import type { Pace } from '../pace/pace.js';
import type { Recall } from '../recall.js';
import type { PromptCache } from '../usage/prompt-cache.js';
import type { Heard } from './heard.js';

/** What all requests of one simulator share. */
export interface SimulatorContext {
  readonly clock: Clock;
  readonly seed: number;
  readonly models: readonly SimulatedModel[];
  /** Keys that are accepted; undefined: every key that is not empty. */
  readonly keys: readonly string[] | undefined;
  readonly pace: Pace | undefined;
  readonly limits: Limits | undefined;
  readonly maxBodyBytes: number;
  readonly bill: Bill;
  readonly faults: FaultBook;
  readonly limiter: RateLimiter;
  readonly promptCache: PromptCache;
  /** Requests that were read before, by format and body. */
  readonly heard: Recall<Heard<Operation>>;
}
