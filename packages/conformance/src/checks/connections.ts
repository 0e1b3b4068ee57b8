import { expectMatch, expectTrue } from '../expect.js';
import { failureOf, inTime } from '../provider/in-time.js';
import { benched, type Check } from '../provider/check.js';
import { shapes, type Subject } from '../provider/subject.js';
import { exchangesOf } from '../provider/wire-view.js';
import { bodyOf, bytes, headOf, nothing, whole, type Delivery } from '../stage/delivery.js';

const partHead: Delivery = bytes('HTTP/1.1 200 OK\r\ncontent-le', 'close');

const halfBody =
  (ending: 'close' | 'reset'): Delivery =>
  (answer, connection) => {
    const body = bodyOf(answer);
    const head = headOf(
      { ...answer, frames: undefined },
      { 'content-length': String(body.length) },
    );
    const half = body.subarray(0, body.length >> 1);
    return bytes(Buffer.concat([Buffer.from(head), half]), ending)(answer, connection);
  };

const LOST: Readonly<Record<string, Delivery>> = {
  'closed before the headers': nothing('close'),
  'reset before the headers': nothing('reset'),
  'closed within the headers': partHead,
  'closed within a unary body': halfBody('close'),
  'reset within a unary body': halfBody('reset'),
};

/** Connections that are lost, refused, or closed under a call. */
export function connections(subject: Subject): readonly Check[] {
  return [
    ...Object.entries(LOST).map(([what, deliver]) =>
      benched(
        `a connection ${what} is a lost connection that may have been billed`,
        subject,
        async (bench) => {
          for (const stream of shapes(subject)) {
            if (stream && what.includes('unary')) continue;
            bench.answerSample(stream, deliver);
            const error = await bench.loss(stream);
            if (error === undefined) continue;
            expectMatch(
              error,
              { code: 'connection', retryable: true, fallbackable: true, sent: 'maybe' },
              'the error',
            );
          }
        },
      ),
    ),
    benched(
      'a refused connection is a lost connection, and nothing was sent',
      subject,
      async (bench) => {
        for (const stream of shapes(subject)) {
          const error = await bench.failure(stream);
          expectMatch(
            error,
            { code: 'connection', retryable: true, fallbackable: true, sent: 'no' },
            'the error',
          );
        }
      },
      () => ({ nowhere: true }),
    ),
    ...(exchangesOf(subject, false) === 1 ? [keepAliveRace(subject)] : []),
  ];
}

function keepAliveRace(subject: Subject): Check {
  return benched(
    'F56: a kept-alive connection that closes under a call is replaced and told, or told as maybe sent',
    subject,
    async (bench) => {
      bench.answerUnary();
      await bench.ask(false);
      // A connection is ready for the next call only after a turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 20));
      bench.answerUnary(undefined, (answer, connection) =>
        connection.number === 1 ? nothing('reset')(answer, connection) : whole(answer, connection),
      );
      const ended = await inTime(
        bench.ask(false).catch((reason: unknown) => failureOf(Promise.reject(reason))),
        'the second call',
      );
      if ('result' in ended) {
        const told = ended.meta.warnings?.map(({ message }) => message).join(' ') ?? '';
        expectTrue(/twice|again/iu.test(told), 'a warning tells that the request was sent twice');
      } else {
        expectMatch(ended, { code: 'connection', sent: 'maybe', retryable: true }, 'the error');
      }
      expectTrue(bench.stage.calls.length <= 3, 'it is sent again once at most');
    },
  );
}
