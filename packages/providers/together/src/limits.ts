import {
  durationMs,
  headerRateLimit,
  headerValue,
  retryAfter,
  type ErrorRefinement,
  type LimitHeaders,
  type RateLimitParser,
} from '@inferway/provider-kit';

const SECOND_MS = 1000;

/**
 * Limits count per second (docs.together.ai, "Rate limits"): requests in `x-ratelimit-*`, tokens in `x-tokenlimit-*`, the same with
 * `-dynamic` for what an account may do just now.
 */
export const rateLimit: RateLimitParser = headerRateLimit({
  requests: [named('x-ratelimit', ''), named('x-ratelimit', '-dynamic')],
  tokens: [named('x-tokenlimit', ''), named('x-tokenlimit', '-dynamic')],
});

function named(stem: string, end: string): LimitHeaders {
  return {
    limit: `${stem}-limit${end}`,
    remaining: `${stem}-remaining${end}`,
    reset: `${stem}-reset`,
    windowMs: SECOND_MS,
  };
}

/**
 * Above the account's dynamic rate Together answers 429, below it and overloaded 503. A 429 without `retry-after` says in
 * `x-ratelimit-reset` when to come back.
 */
export const refineError: ErrorRefinement = (_body, { status, headers, now }) => {
  if (status !== 429 || retryAfter(headers, now) !== undefined) return undefined;
  const reset = headerValue(headers, 'x-ratelimit-reset');
  return reset === undefined ? undefined : { retryAfterMs: durationMs(reset) };
};
