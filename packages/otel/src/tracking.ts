import type { Call } from '@inferway/core';
import type { CallRun } from './call-run.js';
import type { CallSink } from './call-sink.js';

/** One sink for one call, and who hears of its failures. */
export interface Tracking {
  readonly sink: CallSink;
  readonly report: (reason: unknown) => void;
  /** The same for a call that is made on behalf of this one, behind its answer. */
  readonly forked: (own: Call, of: CallRun) => Tracking;
}
