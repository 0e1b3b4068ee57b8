import { headerRateLimit, type LimitHeaders } from './header-rate-limit.js';
import type { RateLimitParser } from './rate-limit-parser.js';

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as a duration (`12ms`, `6m0s`); OpenAI, Azure and many that
 * follow them. The three without a suffix are requests.
 */
export const openaiRateLimit: RateLimitParser = headerRateLimit({
  requests: [named('-requests'), named('')],
  tokens: [named('-tokens')],
});

function named(suffix: string): LimitHeaders {
  return {
    limit: `x-ratelimit-limit${suffix}`,
    remaining: `x-ratelimit-remaining${suffix}`,
    reset: `x-ratelimit-reset${suffix}`,
  };
}
