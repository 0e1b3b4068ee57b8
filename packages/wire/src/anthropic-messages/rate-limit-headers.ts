import type { RateLimitSnapshot } from '@inferway/core';

const NAMES = [
  ['requests', 'anthropic-ratelimit-requests'],
  ['tokens', 'anthropic-ratelimit-tokens'],
  ['inputTokens', 'anthropic-ratelimit-input-tokens'],
  ['outputTokens', 'anthropic-ratelimit-output-tokens'],
] as const satisfies readonly (readonly [keyof RateLimitSnapshot, string])[];

/**
 * How limits stand, in the headers that Anthropic's clients look for:
 * `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, the reset as an RFC 3339 time.
 *
 * @param wallTime Milliseconds since the epoch, from which the resets are reckoned.
 */
export function anthropicRateLimitHeaders(
  snapshot: RateLimitSnapshot,
  wallTime: number,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [kind, name] of NAMES) {
    const { limit, remaining, resetMs } = snapshot[kind] ?? {};
    if (limit !== undefined) headers[`${name}-limit`] = String(limit);
    if (remaining !== undefined) headers[`${name}-remaining`] = String(remaining);
    if (resetMs !== undefined) headers[`${name}-reset`] = resetTime(wallTime + resetMs);
  }
  return headers;
}

// In whole seconds, as the API writes them, and never too early.
function resetTime(at: number): string {
  return new Date(Math.ceil(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
