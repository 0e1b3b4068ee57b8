import { describe, expect, it, test } from 'vitest';
import { anthropicRateLimitHeaders, openaiRateLimitHeaders } from '../src/index.js';

const NOW = Date.parse('2026-11-21T10:00:00.250Z');

describe('durations as OpenAI writes them', () => {
  it.each([
    [0, '0ms'],
    [12, '12ms'],
    [999.2, '1s'],
    [1500, '1.5s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [360_000, '6m0s'],
    [3_723_500, '1h2m3.5s'],
  ])('%d ms is %s', (resetMs, text) => {
    const headers = openaiRateLimitHeaders({ requests: { resetMs } });
    expect(headers).toEqual({ 'x-ratelimit-reset-requests': text });
  });
});

test('OpenAI’s headers tell of requests and tokens, and of nothing that its clients do not know', () => {
  expect(
    openaiRateLimitHeaders({
      requests: { limit: 60, remaining: 59, resetMs: 1000 },
      tokens: { limit: 40_000, remaining: 0, resetMs: 360_000 },
      inputTokens: { limit: 1, remaining: 1, resetMs: 1 },
    }),
  ).toEqual({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-limit-tokens': '40000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6m0s',
  });
});

test('Anthropic’s headers tell all four, with the second by which each is whole again', () => {
  const window = { limit: 10, remaining: 3, resetMs: 60_000 };
  const snapshot = { requests: window, tokens: window, inputTokens: window, outputTokens: window };
  const headers = anthropicRateLimitHeaders(snapshot, NOW);
  for (const what of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
    expect(headers[`anthropic-ratelimit-${what}-limit`]).toBe('10');
    expect(headers[`anthropic-ratelimit-${what}-remaining`]).toBe('3');
    expect(headers[`anthropic-ratelimit-${what}-reset`]).toBe('2026-11-21T10:01:01Z');
  }
  expect(Object.keys(headers)).toHaveLength(12);
});

test('what is not known is not said', () => {
  expect(openaiRateLimitHeaders({})).toEqual({});
  expect(anthropicRateLimitHeaders({}, NOW)).toEqual({});
  expect(anthropicRateLimitHeaders({ requests: { limit: 5 } }, NOW)).toEqual({
    'anthropic-ratelimit-requests-limit': '5',
  });
});
