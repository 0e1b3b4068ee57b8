import type { Clock } from '@inferway/core';
import type { Fault } from './faults/fault.js';
import type { Limits } from './limits/rate-limiter.js';
import type { SimulatedModel } from './models.js';
import type { Pace } from './pace/pace.js';

/** What a simulator is made of; everything has a default. */
export interface SimulatorOptions {
  /** Answers, latency and faults follow from it. 1 by default. */
  readonly seed?: number | undefined;
  /** `DEFAULT_MODELS` by default. */
  readonly models?: readonly SimulatedModel[] | undefined;
  /** Keys that are accepted. Default: every key that is not empty. */
  readonly keys?: readonly string[] | undefined;
  /** Latency and portions of all models that say none of their own. Default: no latency, a stream in one write. */
  readonly pace?: Pace | undefined;
  /** Limits per credential and model. Default: none, and no headers that tell of any. */
  readonly limits?: Limits | undefined;
  /** Faults of your own beside those of the catalogue. */
  readonly faults?: readonly Fault[] | undefined;
  /** Largest request body in bytes; 32 MiB by default. */
  readonly maxBodyBytes?: number | undefined;
  /** How many requests, connections and lines of the bill are kept; 1,000 by default. Totals are always whole. */
  readonly keep?: number | undefined;
  readonly clock?: Clock | undefined;
}
