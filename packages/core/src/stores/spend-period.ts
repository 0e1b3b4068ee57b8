/** What a spend limit counts over: a calendar period in UTC, weeks from Monday; `total` never ends. */
export type SpendPeriod = 'hour' | 'day' | 'week' | 'month' | 'year' | 'total';

/** All of them. */
export const SPEND_PERIODS: readonly SpendPeriod[] = [
  'hour',
  'day',
  'week',
  'month',
  'year',
  'total',
];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
// 1970-01-01 was a Thursday: the first Monday after it was the fifth.
const FIRST_MONDAY = 4 * DAY;

/** When the period that holds `at` began and ends, in epoch milliseconds. `total` began at 0 and ends at Infinity. */
export function spendPeriodOf(
  period: SpendPeriod,
  at: number,
): { readonly startsAt: number; readonly endsAt: number } {
  switch (period) {
    case 'hour':
      return span(at - mod(at, HOUR), HOUR);
    case 'day':
      return span(at - mod(at, DAY), DAY);
    case 'week':
      return span(at - mod(at - FIRST_MONDAY, 7 * DAY), 7 * DAY);
    case 'total':
      return { startsAt: 0, endsAt: Number.POSITIVE_INFINITY };
    default: {
      const date = new Date(at);
      const year = date.getUTCFullYear();
      const month = period === 'month' ? date.getUTCMonth() : 0;
      const startsAt = Date.UTC(year, month);
      return {
        startsAt,
        endsAt: period === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year + 1, 0),
      };
    }
  }
}

function span(startsAt: number, length: number): { startsAt: number; endsAt: number } {
  return { startsAt, endsAt: startsAt + length };
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
