import { describe, expect, it } from 'vitest';
import { rateLimit } from '../src/answer-headers.js';

const NOW = Date.parse('2026-11-21T00:00:00Z');

describe('limit headers', () => {
  const headers = {
    'anthropic-ratelimit-output-tokens-limit': '8000',
    'anthropic-ratelimit-output-tokens-remaining': '7000',
    'anthropic-ratelimit-output-tokens-reset': '2026-11-21T00:00:30Z',
  };

  it('count from the date of the answer, else from now', () => {
    expect(rateLimit(headers, NOW)?.outputTokens?.resetMs).toBe(30_000);
    const dated = { ...headers, date: 'Sat, 21 Nov 2026 00:00:20 GMT' };
    expect(rateLimit(dated, NOW - 3_600_000)?.outputTokens).toEqual({
      limit: 8000,
      remaining: 7000,
      resetMs: 10_000,
    });
  });

  it('that are over count 0, and without a time none', () => {
    expect(rateLimit(headers, NOW + 60_000)?.outputTokens?.resetMs).toBe(0);
    const { 'anthropic-ratelimit-output-tokens-reset': _none, ...rest } = headers;
    expect(rateLimit(rest, NOW)?.outputTokens?.resetMs).toBeUndefined();
    expect(rateLimit({}, NOW)).toBeUndefined();
  });
});
