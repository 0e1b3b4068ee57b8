import type { LimitWindow, RateLimitSnapshot } from '@inferway/core';
import type { HeaderRecord } from '../transport/header-record.js';

/** Reads a provider's limit headers; undefined where there are none. `now`: milliseconds since the epoch. */
export type RateLimitParser = (headers: HeaderRecord, now: number) => RateLimitSnapshot | undefined;

/** A count from a header: a whole number of 0 and up. Azure says -1 for "unknown". */
export function headerCount(value: string | readonly string[] | undefined): number | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const count = Number(value);
  return Number.isInteger(count) && count >= 0 ? count : undefined;
}

/** A window of what is known, undefined where nothing is. */
export function limitWindow(
  limit: number | undefined,
  remaining: number | undefined,
  resetMs: number | undefined,
  windowMs?: number,
): LimitWindow | undefined {
  if (limit === undefined && remaining === undefined) return undefined;
  return windowMs === undefined
    ? { limit, remaining, resetMs }
    : { limit, remaining, resetMs, windowMs };
}
