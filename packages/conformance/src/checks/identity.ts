import { expectMatch } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { begunEvents, eventsOf } from '../provider/events.js';
import { shapes, streams, type Subject } from '../provider/subject.js';
import { chunked } from '../stage/delivery.js';
import type { WireAnswer } from '../wire/wire-answer.js';
import { errorBodies } from './error-bodies.js';

/** Which request it was and who served it, on answers and on errors. */
export function identity(subject: Subject): readonly Check[] {
  const { requestIdHeader = 'x-request-id', servedByHeader } = subject.suite;
  if (requestIdHeader === false && servedByHeader === undefined) return [];
  const headers: Record<string, string> = {};
  const told: Record<string, string> = {};
  if (requestIdHeader !== false) {
    headers[requestIdHeader] = 'request-5f2';
    told['requestId'] = 'request-5f2';
  }
  if (servedByHeader !== undefined) {
    headers[servedByHeader] = 'partner-3';
    told['servedBy'] = 'partner-3';
  }
  const named = (answers: readonly WireAnswer[]): readonly WireAnswer[] =>
    answers.map((answer) => ({ ...answer, headers: { ...answer.headers, ...headers } }));
  const { script, sample } = subject;

  return [
    benched('an answer’s meta has status and the headers’ ids', subject, async (bench) => {
      for (const stream of shapes(subject)) {
        const answers = stream
          ? (call: never) => named(script.stream?.(eventsOf(subject) as never, call) ?? [])
          : (call: never) => named(script.unary(sample.answer, call));
        bench.answer(answers as never);
        const { meta } = await bench.ask(stream);
        expectMatch(meta, { ...told, status: 200 }, 'meta');
      }
    }),
    benched('an error status has them', subject, async (bench) => {
      for (const [what, answer] of Object.entries(errorBodies(subject, 500))) {
        bench.answer(() => named([answer]));
        for (const stream of shapes(subject)) {
          expectMatch(await bench.failure(stream), told, `the error for ${what}`);
        }
      }
    }),
    ...(streams(subject)
      ? [
          benched('an error in the middle of a stream has them', subject, async (bench) => {
            bench.answer(
              (call) => named(script.stream?.(begunEvents(subject) as never, call) ?? []),
              chunked((body) => [body], 'close'),
            );
            expectMatch(await bench.failure(true), told, 'the error');
          }),
        ]
      : []),
  ];
}
