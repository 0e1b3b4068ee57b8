import type { LimitWindow } from '@inferway/core';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import { durationMs } from './duration.js';
import { headerCount, limitWindow, type RateLimitParser } from './rate-limit-parser.js';

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as a duration (`12ms`, `6m0s`); OpenAI, Groq, Azure and
 * many that follow them. Together's three without a suffix are requests.
 */
export const openaiRateLimit: RateLimitParser = (headers) => {
  const requests = read(headers, '-requests') ?? read(headers, '');
  const tokens = read(headers, '-tokens');
  return requests === undefined && tokens === undefined ? undefined : { requests, tokens };
};

function read(headers: HeaderRecord, suffix: string): LimitWindow | undefined {
  const limit = headerCount(headers[`x-ratelimit-limit${suffix}`]);
  const remaining = headerCount(headers[`x-ratelimit-remaining${suffix}`]);
  if (limit === undefined && remaining === undefined) return undefined;
  return limitWindow(
    limit,
    remaining,
    durationMs(headerValue(headers, `x-ratelimit-reset${suffix}`) ?? ''),
  );
}
