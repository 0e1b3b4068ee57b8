import type { InferwayError } from '../error.js';

/** How long to wait between attempts, in milliseconds. */
export interface DelayRules {
  /** The first wait is random below this, and the bound doubles from retry to retry. */
  readonly baseMs: number;
  /** The bound grows no further than this. */
  readonly maxMs: number;
}

// A provider that says "retry after 0" must not be asked in a tight loop.
const SHORTEST_ASKED_WAIT_MS = 100;
const LONGEST_TIMER_MS = 2_147_483_647;

/** The wait that the provider asked for, where it is one that can be waited; NaN, negatives and more than 24 days are not. */
export function askedWaitMs(error: InferwayError): number | undefined {
  const asked = error.retryAfterMs;
  if (asked === undefined || !(asked >= 0) || asked > LONGEST_TIMER_MS) return undefined;
  return Math.max(SHORTEST_ASKED_WAIT_MS, asked);
}

/**
 * Full jitter: anything from 0 up to the bound, so that clients that failed together do not come back together.
 * What the provider asked for is never cut short.
 *
 * @param retry 1 for the first retry.
 * @param random At least 0 and below 1.
 */
export function retryDelayMs(
  rules: DelayRules,
  retry: number,
  asked: number | undefined,
  random: number,
): number {
  const bound = Math.min(rules.maxMs, rules.baseMs * 2 ** (retry - 1));
  return Math.max(asked ?? 0, random * bound);
}
