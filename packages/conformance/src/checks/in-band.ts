import { InferwayError, type ErrorCode } from '@inferway/core';
import { expectMatch, expectTrue } from '../expect.js';
import type { Bench } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import { begunEvents } from '../provider/events.js';
import { streams, type Subject } from '../provider/subject.js';
import { textOf } from '../provider/text-of.js';
import { begunText, isJsonAnswer, isJsonStream } from '../provider/wire-view.js';
import { chunked } from '../stage/delivery.js';
import type { WireAnswer } from '../wire/wire-answer.js';

const CODES: readonly ErrorCode[] = ['overloaded', 'rate_limit', 'server', 'invalid_request'];
const ANY: readonly ErrorCode[] = [
  ...CODES,
  'content_filter',
  'context_length',
  'not_found',
  'timeout',
];

/** Errors that come inside of a success. */
export function inBand(subject: Subject): readonly Check[] {
  const { script } = subject;
  const codes = script.failureCodes ?? CODES;
  const told = codes.length === 0 ? (['server'] as const) : codes;
  const error = (code: ErrorCode): InferwayError =>
    new InferwayError(code, { message: 'It went wrong over there.' });
  const check = (actual: InferwayError, code: ErrorCode, bench: Bench): void => {
    expectMatch(
      actual,
      { status: 200, provider: bench.provider.name, model: subject.model },
      'the error',
    );
    expectTrue(
      codes.length === 0 ? ANY.includes(actual.code) : actual.code === code,
      `the code is ${actual.code}, where the provider said ${code}`,
    );
    expectMatch(bench.stage.calls.length, 1, 'requests for one call');
  };
  const { unaryFailure, failureFrame, stream } = script;
  const checks: Check[] = [];
  for (const code of told) {
    if (unaryFailure !== undefined) {
      checks.push(
        benched(
          `F12: ${code} as the body of a success, to a unary call`,
          subject,
          async (bench) => {
            bench.answer((call) => unaryFailure(error(code), call));
            check(await bench.failure(false), code, bench);
          },
        ),
      );
    }
    if (unaryFailure !== undefined && streams(subject)) {
      checks.push(
        benched(
          `F12: ${code} as the body of a success, to a streamed call`,
          subject,
          async (bench) => {
            bench.answer((call) => unaryFailure(error(code), call));
            check(await bench.failure(true), code, bench);
          },
        ),
      );
    }
    if (failureFrame !== undefined && stream !== undefined) {
      const failing =
        (events: readonly object[]) =>
        (call: Parameters<typeof stream>[1]): readonly WireAnswer[] => {
          const answers = stream(events as never, call);
          const last = answers.at(-1);
          const frames = [
            ...(events.length === 0 ? [] : (last?.frames ?? [])),
            failureFrame(error(code)),
          ];
          return [...answers.slice(0, -1), { ...last, frames }];
        };
      checks.push(
        benched(`F08: ${code} as the first event of a stream`, subject, async (bench) => {
          bench.answer(failing([]));
          check(await bench.failure(true), code, bench);
        }),
        benched(
          `F06, F07: ${code} in the middle of a stream, with the text so far`,
          subject,
          async (bench) => {
            bench.answer(failing(begunEvents(subject)));
            const actual = await bench.failure(true);
            check(actual, code, bench);
            expectMatch(textOf(actual.partial), begunText(subject), 'the text in error.partial');
          },
        ),
      );
    }
  }
  if (isJsonStream(subject)) {
    checks.push(
      benched(
        'F09: an event of malformed JSON is a protocol error that does not show it',
        subject,
        async (bench) => {
          bench.answerStream(
            begunEvents(subject),
            chunked((body) => [body, malformed(body)]),
          );
          const actual = await bench.failure(true);
          expectMatch(actual, { code: 'protocol', retryable: true }, 'the error');
          expectTrue(
            !`${actual.stack}${JSON.stringify(actual)}`.includes('whispered'),
            'the text of the event is not shown',
          );
        },
      ),
    );
  }
  if (isJsonAnswer(subject) && subject.operation !== 'raw') {
    for (const [what, body] of [
      ['malformed JSON', '{"whispered": '],
      ['a mere string', '"It went wrong."'],
      ['an empty object', '{}'],
    ] as const) {
      checks.push(
        benched(
          `F09: a success of ${what} is an error, never an empty answer`,
          subject,
          async (bench) => {
            bench.answer(() => [{ body }]);
            const actual = await bench.failure(false);
            expectTrue(
              ['protocol', 'empty_response', 'server'].includes(actual.code),
              `the code is ${actual.code}`,
            );
            expectTrue(
              !`${actual.stack}${JSON.stringify(actual)}`.includes('whispered'),
              'the body is not shown',
            );
          },
        ),
      );
    }
  }
  return checks;
}

// The last event again, with data that breaks off.
function malformed(body: Buffer): string {
  const event = body.toString().trimEnd().split('\n\n').at(-1) ?? '';
  return `${event.replace(/^data:.*/msu, 'data: {"whispered": ')}\n\n`;
}
