import type { Attributes, Context } from '@opentelemetry/api';
import type { TargetRun } from './call-run.js';

/** The labels of one target's measurements. */
export interface Labels {
  /** Operation, provider, model and server. */
  readonly base: Attributes;
  /** `base` and what only the end tells: the model that answered, and `error.type`. */
  readonly end: Attributes;
}

/** The instruments of one profile. */
export interface MetricWriter {
  /** Seconds between two reads of a stream. */
  gap(target: TargetRun, seconds: number, labels: Attributes, context: Context): void;
  ended(target: TargetRun, labels: Labels, context: Context): void;
}

/** As long as the target's span. */
export function targetSeconds(target: TargetRun): number {
  return ((target.endMs ?? target.startMs) - target.startMs) / 1000;
}
