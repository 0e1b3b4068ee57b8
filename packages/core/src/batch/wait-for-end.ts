import { sleep, type Clock } from '../clock.js';
import { InferwayError } from '../error.js';
import { callerAbortReason, linkedController } from '../signal.js';
import { ENDED } from './batch-id.js';
import type { BatchJob } from './batch-types.js';

const DEFAULT_EVERY_MS = 10_000;
/** So many looks in a row may fail before waiting is given up. */
const MOST_FAILED_LOOKS = 5;

export interface WaitSettings {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly everyMs: number | undefined;
}

/** Looks at a batch until it has ended. A look that fails in passing is tried again, not sooner than the provider asks. */
export async function waitForEnd<Job extends BatchJob>(
  look: (signal: AbortSignal) => Promise<Job>,
  { clock, signal, everyMs = DEFAULT_EVERY_MS }: WaitSettings,
): Promise<Job> {
  const link = linkedController(signal, callerAbortReason);
  try {
    for (let failures = 0; ;) {
      let waitMs = everyMs;
      try {
        const job = await look(link.signal);
        if (ENDED.has(job.status)) return job;
        failures = 0;
      } catch (reason) {
        const error = InferwayError.from(reason);
        if (!error.retryable || link.signal.aborted || ++failures >= MOST_FAILED_LOOKS) throw error;
        waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
      }
      await sleep(clock, waitMs, link.signal);
    }
  } finally {
    link.release();
  }
}
