import { headerValue, type HeaderRecord } from '../transport/header-record.js';

/** Node runs a longer timer after 1 ms: no wait above it can be meant. */
const LONGEST_MS = 2_147_483_647;

/**
 * How long an error's headers ask to wait, in milliseconds: `retry-after-ms`, `retry-after` in seconds or as a date, the larger of
 * the two. A date counts from the response's own `date`, so that a clock that is wrong here changes nothing. Nonsense is ignored.
 *
 * @param now Milliseconds since the epoch, for responses without a date.
 */
export function retryAfter(headers: HeaderRecord, now: number): number | undefined {
  const ms = wait(Number(headerValue(headers, 'retry-after-ms') ?? Number.NaN));
  const after = headerValue(headers, 'retry-after');
  if (after === undefined) return ms;
  const given = seconds(after) ?? untilDate(after, headers, now);
  if (given === undefined || ms === undefined) return given ?? ms;
  return Math.max(given, ms);
}

function seconds(text: string): number | undefined {
  return /^\s*\d+(?:\.\d+)?\s*$/u.test(text) ? wait(Number(text) * 1000) : undefined;
}

function untilDate(text: string, headers: HeaderRecord, now: number): number | undefined {
  // `Date.parse` reads "-5" and "soon 3" as dates: an HTTP date begins with the day's name.
  if (!/^\s*[A-Z][a-z]{2,8},?\s/u.test(text)) return undefined;
  const then = Date.parse(text);
  const sent = Date.parse(headerValue(headers, 'date') ?? '');
  return wait(then - (Number.isNaN(sent) ? now : sent));
}

function wait(ms: number): number | undefined {
  return ms >= 0 && ms <= LONGEST_MS ? Math.ceil(ms) : undefined;
}
