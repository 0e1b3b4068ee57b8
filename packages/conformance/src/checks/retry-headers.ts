import { InferwayError } from '@inferway/core';
import { expectMatch } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { shapes, type Subject } from '../provider/subject.js';

const DATE = 'Sat, 21 Nov 2026 04:00:00 GMT';

interface Case {
  readonly headers: Readonly<Record<string, string>>;
  readonly ms: number | undefined;
}

const CASES: Readonly<Record<string, Case>> = {
  'retry-after in seconds': { headers: { 'retry-after': '7' }, ms: 7000 },
  'retry-after as a date, counted from the server’s own clock': {
    headers: { 'retry-after': 'Sat, 21 Nov 2026 04:00:30 GMT', date: DATE },
    ms: 30_000,
  },
  'retry-after-ms': { headers: { 'retry-after-ms': '1500' }, ms: 1500 },
  'F45: the longer of two': { headers: { 'retry-after-ms': '0', 'retry-after': '30' }, ms: 30_000 },
  'F46: three days': { headers: { 'retry-after': '259200' }, ms: 259_200_000 },
  'F47: a word': { headers: { 'retry-after': 'soon' }, ms: undefined },
  'F47: a negative number': { headers: { 'retry-after': '-5' }, ms: undefined },
  'F47: a date that has passed': {
    headers: { 'retry-after': 'Sat, 21 Nov 2026 03:00:00 GMT', date: DATE },
    ms: undefined,
  },
  'F47: more than any timer': { headers: { 'retry-after': '99999999999' }, ms: undefined },
};

/** How long a provider asks to wait is told as it was meant, or not at all. */
export function retryHeaders(subject: Subject): readonly Check[] {
  const checks = Object.entries(CASES).map(([what, { headers, ms }]) =>
    benched(what, subject, async (bench) => {
      for (const status of [429, 503]) {
        bench.answer(() => [{ status, headers, body: '{"error":{"message":"Wait."}}' }]);
        for (const stream of shapes(subject)) {
          const error = await bench.failure(stream);
          expectMatch(error.retryAfterMs, ms, `retryAfterMs of a ${status}`);
        }
      }
    }),
  );
  const { unaryFailure } = subject.script;
  if (unaryFailure === undefined) return checks;
  return [
    ...checks,
    benched(
      'a retry-after on a success means nothing, not even beside an error',
      subject,
      async (bench) => {
        const failed = new InferwayError('server', { message: 'It went wrong.' });
        bench.answer((call) =>
          unaryFailure(failed, call).map((answer) => ({
            ...answer,
            headers: { ...answer.headers, 'retry-after': '20' },
          })),
        );
        expectMatch((await bench.failure(false)).retryAfterMs, undefined, 'retryAfterMs');
      },
    ),
  ];
}
