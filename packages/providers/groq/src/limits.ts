import {
  headerRateLimit,
  type ErrorRefinement,
  type RateLimitParser,
} from '@inferway/provider-kit';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Groq's headers tell of requests per day and of tokens per minute (console.groq.com, "Rate Limits"). */
export const rateLimit: RateLimitParser = headerRateLimit({
  requests: [named('requests', DAY_MS)],
  tokens: [named('tokens', MINUTE_MS)],
});

function named(
  what: string,
  windowMs: number,
): { limit: string; remaining: string; reset: string; windowMs: number } {
  return {
    limit: `x-ratelimit-limit-${what}`,
    remaining: `x-ratelimit-remaining-${what}`,
    reset: `x-ratelimit-reset-${what}`,
    windowMs,
  };
}

/** What Groq's own codes mean beyond their status. */
export const refineError: ErrorRefinement = ({ words }, { status }) => {
  if (words.includes('tool_use_failed')) {
    return {
      code: 'tool_use_failed',
      cure: 'The model wrote a call that cannot be parsed: it stands in "failed_generation" of the error’s "body". Try again, with a lower temperature or simpler tools.',
    };
  }
  if (words.includes('json_validate_failed')) {
    return {
      retryable: true,
      fallbackable: true,
      cure: 'The model wrote JSON that does not fit: it stands in "failed_generation" of the error’s "body". Try again, or with a simpler schema.',
    };
  }
  if (status === 498 || words.includes('over_capacity')) {
    return { code: 'overloaded', cure: 'Try again shortly, or with the service tier "on_demand".' };
  }
  // One request of more tokens than a minute allows: no wait helps, another model or provider does.
  if (status === 413 && words.includes('rate_limit_exceeded')) {
    return { code: 'too_large', fallbackable: true };
  }
  if (words.includes('model_decommissioned')) return { code: 'not_found' };
  if (words.includes('model_terms_required')) return { code: 'permission' };
  return undefined;
};
