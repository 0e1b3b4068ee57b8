import type { LimitWindow } from '@inferway/core';
import { headerValue, type HeaderRecord } from '../transport/header-record.js';
import { headerCount, limitWindow, type RateLimitParser } from './rate-limit-parser.js';

/** `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, the reset as an RFC 3339 time. */
export const anthropicRateLimit: RateLimitParser = (headers, now) => {
  const requests = read(headers, 'requests', now);
  const tokens = read(headers, 'tokens', now);
  const inputTokens = read(headers, 'input-tokens', now);
  const outputTokens = read(headers, 'output-tokens', now);
  if (!requests && !tokens && !inputTokens && !outputTokens) return undefined;
  return { requests, tokens, inputTokens, outputTokens };
};

function read(headers: HeaderRecord, what: string, now: number): LimitWindow | undefined {
  const limit = headerCount(headers[`anthropic-ratelimit-${what}-limit`]);
  const remaining = headerCount(headers[`anthropic-ratelimit-${what}-remaining`]);
  if (limit === undefined && remaining === undefined) return undefined;
  const at = Date.parse(headerValue(headers, `anthropic-ratelimit-${what}-reset`) ?? '');
  if (Number.isNaN(at)) return limitWindow(limit, remaining, undefined);
  // Both times are the provider's where it dates its answer: a clock that is wrong here changes nothing.
  const sent = Date.parse(headerValue(headers, 'date') ?? '');
  return limitWindow(limit, remaining, Math.max(0, at - (Number.isNaN(sent) ? now : sent)));
}
