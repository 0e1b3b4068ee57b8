import type { LimitWindow } from '@inferway/core';
import type { HeaderRecord } from '../transport/header-record.js';
import { durationMs } from './duration.js';
import { headerCount, limitWindow, type RateLimitParser } from './rate-limit-parser.js';

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as a duration (`12ms`, `6m0s`); OpenAI, Groq, Azure and
 * many that follow them. Together's three without a suffix are requests.
 */
export const openaiRateLimit: RateLimitParser = (headers) => {
  const requests = read(headers, REQUESTS) ?? read(headers, PLAIN);
  const tokens = read(headers, TOKENS);
  return requests === undefined && tokens === undefined ? undefined : { requests, tokens };
};

interface Names {
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

const REQUESTS = names('-requests');
const TOKENS = names('-tokens');
const PLAIN = names('');

function names(suffix: string): Names {
  return {
    limit: `x-ratelimit-limit${suffix}`,
    remaining: `x-ratelimit-remaining${suffix}`,
    reset: `x-ratelimit-reset${suffix}`,
  };
}

function read(headers: HeaderRecord, name: Names): LimitWindow | undefined {
  const limit = headerCount(headers[name.limit]);
  const remaining = headerCount(headers[name.remaining]);
  if (limit === undefined && remaining === undefined) return undefined;
  const reset = headers[name.reset];
  return limitWindow(limit, remaining, typeof reset === 'string' ? durationMs(reset) : undefined);
}
