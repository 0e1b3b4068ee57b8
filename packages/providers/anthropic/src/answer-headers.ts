import type { LimitWindow } from '@inferway/core';
import {
  headerCount,
  headerValue,
  limitWindow,
  type ErrorRefinement,
  type HeaderRecord,
  type RateLimitParser,
} from '@inferway/provider-kit';

/** `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, the reset as an RFC 3339 time. */
export const rateLimit: RateLimitParser = (headers, now) => {
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

/**
 * Errors that say less by their status than by their text (platform.claude.com, "Rate limits", reaching your spend cap; "Beta headers").
 * A month's spend cap is a 429 like that of a minute, without a `retry-after`: no wait within a call ends it.
 */
export const refineError: ErrorRefinement = ({ words, message = '' }) => {
  if (words.includes('enforced_spend_limit_reached') || SPENT.test(message)) {
    return {
      code: 'billing',
      retryable: false,
      cure: 'Raise the spend limit of the account or workspace, or wait for the day that is named.',
    };
  }
  if (EXTRA.test(message) && words.includes('invalid_request_error')) {
    return {
      cure: 'A field of a beta needs its name in providerOptions.anthropic.betas; one that the API version or the model does not have is to be left out.',
    };
  }
  return undefined;
};

const SPENT = /reached your (?:specified )?(?:\w+ )?API usage limits/iu;
const EXTRA = /Extra inputs are not permitted/u;
