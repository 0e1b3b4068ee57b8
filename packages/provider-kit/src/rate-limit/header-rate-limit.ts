import type { LimitWindow, RateLimitSnapshot } from '@inferway/core';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import { durationMs } from './duration.js';
import { headerCount, limitWindow, type RateLimitParser } from './rate-limit-parser.js';

/** The headers that tell of one limit, names in lower case. */
export interface LimitHeaders {
  readonly limit: string;
  readonly remaining: string;
  /** A duration such as `6m0s`, or seconds. */
  readonly reset?: string | undefined;
  /** Milliseconds over which the limit counts, where the provider's documentation says so. */
  readonly windowMs?: number | undefined;
}

/** A parser for limits in headers of a provider's own names; of several for one limit, the first that an answer has. */
export function headerRateLimit(
  names: Readonly<Partial<Record<keyof RateLimitSnapshot, readonly LimitHeaders[]>>>,
): RateLimitParser {
  const limits = Object.entries(names);
  return (headers) => {
    let found: Record<string, LimitWindow> | undefined;
    for (const [name, among] of limits) {
      for (const one of among) {
        const window = read(headers, one);
        if (window === undefined) continue;
        (found ??= {})[name] = window;
        break;
      }
    }
    return found;
  };
}

function read(headers: HeaderRecord, names: LimitHeaders): LimitWindow | undefined {
  const limit = headerCount(headers[names.limit]);
  const remaining = headerCount(headers[names.remaining]);
  if (limit === undefined && remaining === undefined) return undefined;
  const reset = names.reset === undefined ? undefined : headerValue(headers, names.reset);
  const resetMs = reset === undefined ? undefined : durationMs(reset);
  return limitWindow(limit, remaining, resetMs, names.windowMs);
}
