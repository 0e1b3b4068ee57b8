import type { RateLimitSnapshot } from '@inferway/core';
import type { LimitState } from './rate-limiter.js';

/** The states of limits, by what they count. */
export function snapshotOf(states: readonly LimitState[]): RateLimitSnapshot {
  return Object.fromEntries(states.map(({ name, ...window }) => [name, window]));
}
