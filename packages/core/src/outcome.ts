import type { InferwayError } from './error.js';
import type { Cost } from './money.js';
import type { Usage } from './usage.js';

/** How a reply's life ended. Told exactly once to every observer, innermost first. */
export interface Outcome {
  readonly status: 'complete' | 'failed' | 'cancelled';
  /** As reported by the provider, also of a failed or cancelled stream where it came in time; otherwise undefined, never 0. */
  usage?: Usage | undefined;
  /** Set by the cost middleware, so observers outside of it can read it. */
  cost?: Cost | undefined;
  /** Why it failed or was cancelled. */
  readonly error?: InferwayError | undefined;
}

/** Sees the whole life of a reply. All members are synchronous and optional. */
export interface Observer<E = unknown> {
  /** A read of the source begins; the stream now waits for the provider, not for its reader. */
  waiting?(): void;
  /** The events that one read of the source held; never empty. */
  batch?(events: readonly E[]): void;
  /** Each event. */
  event?(event: E): void;
  /** The end, exactly once: complete, failed or cancelled. */
  end?(outcome: Outcome): void;
}
