import type { LimitWindow, RateLimitSnapshot } from '@inferway/core';

/**
 * How limits stand, in the headers that OpenAI's clients look for: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as a
 * duration. The protocol has no names for input or output alone.
 */
export function openaiRateLimitHeaders({
  requests,
  tokens,
}: RateLimitSnapshot): Record<string, string> {
  const headers: Record<string, string> = {};
  if (requests !== undefined) write(headers, 'requests', requests);
  if (tokens !== undefined) write(headers, 'tokens', tokens);
  return headers;
}

function write(headers: Record<string, string>, what: string, window: LimitWindow): void {
  const { limit, remaining, resetMs } = window;
  if (limit !== undefined) headers[`x-ratelimit-limit-${what}`] = String(limit);
  if (remaining !== undefined) headers[`x-ratelimit-remaining-${what}`] = String(remaining);
  if (resetMs !== undefined) headers[`x-ratelimit-reset-${what}`] = duration(resetMs);
}

// As OpenAI writes them: `12ms`, `1.5s`, `6m0s`, `1h0m2s`.
function duration(ms: number): string {
  const rounded = Math.ceil(ms);
  if (rounded < 1000) return `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const rest = `${(rounded - minutes * 60_000) / 1000}s`;
  if (minutes === 0) return rest;
  return minutes < 60
    ? `${minutes}m${rest}`
    : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}
