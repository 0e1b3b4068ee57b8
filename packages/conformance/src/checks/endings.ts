import { expectMatch, expectTrue } from '../expect.js';
import { inTime } from '../provider/in-time.js';
import { benched, type Check } from '../provider/check.js';
import { begunEvents, eventsOf } from '../provider/events.js';
import { expected } from '../provider/expected.js';
import { streams, type Subject } from '../provider/subject.js';
import { textOf } from '../provider/text-of.js';
import { begunText, isEventStream } from '../provider/wire-view.js';
import { headOf, bodyOf, bytes, chunked, type Ending } from '../stage/delivery.js';

/** A stream is whole when its protocol says so, and only then (law 3). */
export function endings(subject: Subject): readonly Check[] {
  if (!streams(subject)) return [];
  const { sample } = subject;
  const wholeText = textOf(sample.answer.result);
  const soFar = begunText(subject);
  const signalled = subject.script.end !== 'transport';
  const events = eventsOf(subject);
  const begun = begunEvents(subject);

  const broken = (name: string, code: string, ending: Ending): Check =>
    benched(name, subject, async (bench) => {
      bench.answerStream(
        begun,
        chunked((body) => [body], ending),
      );
      const error = await bench.loss(true);
      if (error === undefined) return;
      expectMatch(error, { code, retryable: true, fallbackable: true }, 'the error');
      expectMatch(textOf(error.partial), soFar, 'the text in error.partial');
    });

  return [
    ...(signalled
      ? [
          broken(
            'F01: an end without the protocol’s own is stream_interrupted, with the text so far',
            'stream_interrupted',
            'end',
          ),
        ]
      : []),
    broken(
      'F04: a connection closed in the middle is a lost connection, with the text so far',
      'connection',
      'close',
    ),
    broken(
      'F05: a connection reset in the middle is a lost connection, with the text so far',
      'connection',
      'reset',
    ),
    benched('F04: a body shorter than its length is a lost connection', subject, async (bench) => {
      bench.answerStream(begun, async (answer, connection) => {
        const body = bodyOf(answer);
        const head = headOf(
          { ...answer, frames: undefined },
          {
            'content-type': answer.headers?.['content-type'] ?? 'text/event-stream',
            'content-length': String(body.length + 100),
          },
        );
        await bytes(Buffer.concat([Buffer.from(head), body]), 'close')(answer, connection);
      });
      const error = await bench.loss(true);
      if (error !== undefined) expectMatch(error, { code: 'connection' }, 'the error');
    }),
    ...(signalled && events.some(({ type }) => type === 'finish')
      ? [
          benched(
            'a finish reason without the terminator is a whole answer or an interruption, never a cut text',
            subject,
            async (bench) => {
              bench.answerStream(events.filter(({ type }) => type !== 'end'));
              const ended: { result?: unknown; code?: string; partial?: unknown } = await bench
                .ask(true)
                .catch((reason: unknown) => reason as object);
              expectTrue(
                ended.code === undefined || ended.code === 'stream_interrupted',
                `code ${ended.code}`,
              );
              const text = textOf(ended.result ?? ended.partial);
              expectMatch(text, ended.code === undefined ? wholeText : soFar, 'the text');
            },
          ),
        ]
      : []),
    ...(signalled &&
    subject.script.silent?.includes('finish-reason') !== true &&
    events.some(({ type }) => type === 'finish')
      ? [
          benched(
            'F02: a terminator without a finish reason is an answer that stopped for unknown reason',
            subject,
            async (bench) => {
              bench.answerStream(events.filter(({ type }) => type !== 'finish'));
              const { result } = await bench.ask(true);
              expectMatch(textOf(result), wholeText, 'the text');
            },
          ),
        ]
      : []),
    ...(signalled
      ? [
          benched(
            'F14: the terminator ends the answer though the socket stays open, and frees it',
            subject,
            async (bench) => {
              bench.answerStream(
                undefined,
                chunked((body) => [body], 'silence'),
              );
              const { result } = await bench.ask(true);
              expectMatch(result, expected(subject, sample.answer), 'the result');
              const last = bench.stage.call.requests.at(-1)?.connection ?? 0;
              await inTime(
                bench.stage.connections[last - 1]?.closed ?? Promise.resolve(),
                'closing the socket',
              );
            },
          ),
          benched('F15: what comes after the terminator is nobody’s', subject, async (bench) => {
            bench.answerStream(
              undefined,
              chunked((body) => [Buffer.concat([body, body]), body]),
            );
            const { result } = await bench.ask(true);
            expectMatch(result, expected(subject, sample.answer), 'the result');
          }),
          benched('F15: junk after the terminator is nobody’s', subject, async (bench) => {
            bench.answerStream(
              undefined,
              chunked((body) => [Buffer.concat([body, Buffer.from('data: }{\n\n\u0000')])]),
            );
            const { result } = await bench.ask(true);
            expectMatch(result, expected(subject, sample.answer), 'the result');
          }),
        ]
      : []),
    ...emptyAnswers(subject),
  ];
}

function emptyAnswers(subject: Subject): readonly Check[] {
  const forms: Readonly<Record<string, string>> = {
    'no byte in its body': '',
    ...(isEventStream(subject) ? { 'only comments in its body': ': hi\n\n: there\n\n' } : {}),
  };
  return Object.entries(forms).map(([what, text]) =>
    benched(`F13: a success with ${what} is empty_response`, subject, async (bench) => {
      bench.answerStream(
        undefined,
        chunked(() => [text]),
      );
      const error = await bench.loss(true);
      if (error === undefined) return;
      expectMatch(
        error,
        { code: 'empty_response', retryable: true, fallbackable: true },
        'the error',
      );
    }),
  );
}
