import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationMs,
  firstRateLimit,
  ietfRateLimit,
  openaiRateLimit,
  proxyRateLimit,
} from '../src/index.js';

const NOW = Date.parse('2026-11-21T00:00:00Z');

describe('a duration', () => {
  it.each([
    ['6m0s', 360_000],
    ['12ms', 12],
    ['2m59.56s', 179_560],
    ['32.752s', 32_752],
    ['1.0001s', 1001],
    ['1h2m3s', 3_723_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['1.5', 1500],
    ['7', 7000],
    ['', undefined],
    ['soon', undefined],
    ['6m0', undefined],
    ['-5s', undefined],
    ['-5', undefined],
    ['2026-11-21T00:00:00Z', undefined],
  ])('%s is %s ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it('of any whole hours, minutes, seconds and milliseconds is their sum', () => {
    const parts = fc.tuple(fc.nat(99), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([h, m, s, ms]) => {
        expect(durationMs(`${h}h${m}m${s}s${ms}ms`)).toBe(((h * 60 + m) * 60 + s) * 1000 + ms);
      }),
    );
  });
});

describe('OpenAI’s headers', () => {
  it('give requests and tokens', () => {
    expect(
      openaiRateLimit(
        {
          'x-ratelimit-limit-requests': '5000',
          'x-ratelimit-remaining-requests': '4999',
          'x-ratelimit-reset-requests': '12ms',
          'x-ratelimit-limit-tokens': '160000',
          'x-ratelimit-remaining-tokens': '0',
          'x-ratelimit-reset-tokens': '6m0s',
        },
        NOW,
      ),
    ).toEqual({
      requests: { limit: 5000, remaining: 4999, resetMs: 12 },
      tokens: { limit: 160_000, remaining: 0, resetMs: 360_000 },
    });
  });

  it('without a suffix are Together’s requests', () => {
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '9',
      'x-ratelimit-reset': '1',
    };
    expect(openaiRateLimit(headers, NOW)?.requests).toEqual({
      limit: 10,
      remaining: 9,
      resetMs: 1000,
    });
  });

  it.each([{}, { 'x-ratelimit-limit-requests': '-1' }, { 'x-ratelimit-limit-requests': 'many' }])(
    'that say nothing give nothing: %j',
    (headers) => {
      expect(openaiRateLimit(headers, NOW)).toBeUndefined();
    },
  );
});

describe('the IETF’s headers', () => {
  it('are read split and joined', () => {
    expect(ietfRateLimit({ 'ratelimit-remaining': '3', 'ratelimit-reset': '30' }, NOW)).toEqual({
      requests: { limit: undefined, remaining: 3, resetMs: 30_000 },
    });
    expect(
      ietfRateLimit(
        { ratelimit: '"api";r=0;t=123', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' },
        NOW,
      ),
    ).toEqual({ requests: { limit: 500, remaining: 0, resetMs: 123_000 } });
    expect(ietfRateLimit({}, NOW)).toBeUndefined();
    expect(ietfRateLimit({ ratelimit: 'nonsense' }, NOW)).toBeUndefined();
  });
});

describe('headers of several kinds', () => {
  const headers = {
    'x-ratelimit-limit-tokens': '900',
    'ratelimit-limit': '60',
    'ratelimit-remaining': '59',
    'ratelimit-reset': '12',
  };
  const requests = { limit: 60, remaining: 59, resetMs: 12_000 };

  it('give each limit as the first parser has it that finds it', () => {
    const found = proxyRateLimit(headers, NOW);
    expect(found).toMatchObject({ requests, tokens: { limit: 900 } });
    const own = { 'x-ratelimit-limit-requests': '7', ...headers };
    expect(proxyRateLimit(own, NOW)?.requests).toMatchObject({ limit: 7 });
    expect(firstRateLimit(ietfRateLimit, openaiRateLimit)(own, NOW)).toEqual(found);
  });

  it('give nothing where no parser finds anything', () => {
    expect(proxyRateLimit({ date: 'now' }, NOW)).toBeUndefined();
    expect(firstRateLimit()(headers, NOW)).toBeUndefined();
  });
});
