import { describe, expect, it } from 'vitest';
import { classify } from './support/classify.js';

describe('retry advice', () => {
  const after = (headers: Record<string, string>, status = 429, body: unknown = '') =>
    classify(status, body, { headers }).retryAfterMs;

  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractions', { 'retry-after': '1.5' }, 1500],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ['the larger of both', { 'retry-after-ms': '0', 'retry-after': '30' }, 30_000],
    ['three days', { 'retry-after': '259200' }, 259_200_000],
    [
      'a date, by the answer’s own clock',
      { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:00:07 GMT' },
      7000,
    ],
    ['a date without a clock', { 'retry-after': 'Sat, 21 Nov 2026 00:00:05 GMT' }, 5000],
    ['a date in the past', { 'retry-after': 'Fri, 20 Nov 2026 00:00:05 GMT' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['negative milliseconds', { 'retry-after-ms': '-5' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['NaN', { 'retry-after': 'NaN', 'retry-after-ms': 'NaN' }, undefined],
    ['more than a timer holds', { 'retry-after-ms': '2147483648' }, undefined],
    ['infinity', { 'retry-after': '1e400', 'retry-after-ms': 'Infinity' }, undefined],
  ])('reads %s', (_, headers, expected) => {
    expect(after(headers)).toBe(expected);
  });

  it('of a success is not read, since some send it with every answer', () => {
    expect(
      after({ 'retry-after': '13' }, 200, { error: { type: 'overloaded_error' } }),
    ).toBeUndefined();
  });

  it('of Google stands in the body', () => {
    const body = {
      error: {
        code: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
      },
    };
    expect(classify(429, body)).toMatchObject({ code: 'rate_limit', retryAfterMs: 34_400 });
  });

  it('x-should-retry is obeyed both ways, but never against an empty account', () => {
    const told = (value: string, status: number, body: unknown = '') =>
      classify(status, body, { headers: { 'x-should-retry': value } }).retryable;
    expect(told('false', 503)).toBe(false);
    expect(told('false', 429)).toBe(false);
    expect(told('true', 400)).toBe(true);
    expect(told('maybe', 400)).toBe(false);
    expect(told('true', 429, { error: { code: 'insufficient_quota' } })).toBe(false);
  });

  it('a provider’s own reading comes first', () => {
    const error = classify(
      400,
      { error: { message: 'x', code: 'sleeping' } },
      {
        refine: (body) =>
          body.words.includes('sleeping')
            ? { code: 'overloaded', retryAfterMs: 9, fallbackable: false }
            : undefined,
      },
    );
    expect(error).toMatchObject({
      code: 'overloaded',
      retryable: true,
      fallbackable: false,
      retryAfterMs: 9,
    });
  });
});
