import { brotliCompressSync, gzipSync } from 'node:zlib';
import { undiciTransport } from '@inferway/provider-kit';
import { expectMatch, expectTrue } from '../expect.js';
import type { BenchSettings } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import { expected } from '../provider/expected.js';
import { inTime } from '../provider/in-time.js';
import { shapes, type Subject } from '../provider/subject.js';
import { isEventStream, isJsonAnswer } from '../provider/wire-view.js';
import {
  bodyOf,
  chunked,
  packets,
  turn,
  whole,
  headOf,
  bytes,
  type Delivery,
} from '../stage/delivery.js';
import { Stage } from '../stage/stage.js';

const MEBIBYTE = 1024 * 1024;

/** What HTTP itself can bring: redirects, web pages, encodings, sizes. */
export function httpAnswers(subject: Subject): readonly Check[] {
  return [
    ...redirects(subject),
    ...pages(subject),
    ...encodings(subject),
    ...sizes(subject),
    ...smuggling(subject),
  ];
}

function redirects(subject: Subject): readonly Check[] {
  return [301, 302, 303, 307, 308].map((status) =>
    benched(
      `F57: a redirect (${status}) is refused, and nothing goes where it points`,
      subject,
      async (bench) => {
        const other = await Stage.open({ model: subject.model });
        try {
          for (const stream of shapes(subject)) {
            bench.answer(() => [
              { status, headers: { location: `${other.origin}/v1/elsewhere` }, body: '' },
            ]);
            const error = await bench.failure(stream);
            expectMatch(error, { code: 'protocol', retryable: false }, 'the error');
          }
          expectMatch(other.connections.length, 0, 'connections to the other server');
        } finally {
          await other.close();
        }
      },
    ),
  );
}

function pages(subject: Subject): readonly Check[] {
  return shapes(subject).flatMap((stream) => {
    const what = stream ? 'a streamed' : 'a unary';
    return [
      benched(
        `F10: a web page with status 200 to ${what} call is a protocol error`,
        subject,
        async (bench) => {
          const headers = { 'content-type': 'text/html; charset=utf-8' };
          bench.answer(() => [{ headers, body: '<!doctype html><title>Sign in</title>' }]);
          const error = await bench.failure(stream);
          expectMatch(
            error,
            { code: 'protocol', retryable: true, fallbackable: true },
            'the error',
          );
          expectTrue(!error.message.includes('Sign in'), 'the page is not in the message');
        },
      ),
      ...((stream ? isEventStream(subject) : isJsonAnswer(subject) && subject.script.typed !== true)
        ? [
            benched(
              `another content type on ${what} answer changes nothing`,
              subject,
              async (bench) => {
                for (const type of stream
                  ? ['text/event-stream; charset=utf-8', 'TEXT/EVENT-STREAM']
                  : ['text/plain', 'application/json; charset=utf-8']) {
                  bench.answerSample(stream, (answer, connection) =>
                    whole(
                      { ...answer, headers: { ...answer.headers, 'content-type': type } },
                      connection,
                    ),
                  );
                  const { result } = await bench.ask(stream);
                  expectMatch(
                    result,
                    expected(subject, subject.sample.answer),
                    `the result as ${type}`,
                  );
                }
              },
            ),
          ]
        : []),
    ];
  });
}

const packed =
  (encoding: string, pack: (body: Buffer) => Buffer, send: (bytes: Buffer) => Delivery): Delivery =>
  (answer, connection) =>
    send(pack(bodyOf(answer)))(
      { ...answer, headers: { ...answer.headers, 'content-encoding': encoding } },
      connection,
    );

function encodings(subject: Subject): readonly Check[] {
  const answered = expected(subject, subject.sample.answer);
  return shapes(subject).flatMap((stream) => {
    const what = stream ? 'streamed' : 'unary';
    return [
      benched(
        `a ${what} answer in gzip or brotli is decoded, though nobody asked for it`,
        subject,
        async (bench) => {
          for (const [encoding, pack] of [
            ['gzip', gzipSync],
            ['br', brotliCompressSync],
          ] as const) {
            bench.answerSample(
              stream,
              packed(encoding, pack, (bytes) => chunked(() => [bytes])),
            );
            expectMatch((await bench.ask(stream)).result, answered, `the result in ${encoding}`);
          }
        },
      ),
      benched(
        `F28: a ${what} answer whose gzip breaks off is an error worth a retry`,
        subject,
        async (bench) => {
          bench.answerSample(
            stream,
            packed('gzip', gzipSync, (bytes) =>
              chunked(() => [bytes.subarray(0, bytes.length >> 1)]),
            ),
          );
          const error = await bench.loss(stream);
          if (error !== undefined) expectMatch(error, { retryable: true }, 'the error');
        },
      ),
    ];
  });
}

function sizes(subject: Subject): readonly Check[] {
  const limited = (): BenchSettings => ({
    transport: undiciTransport({ maxBodyBytes: 64 * 1024 }),
  });
  const checks = [
    benched(
      'a body above the transport’s cap is too_large, and its connection is closed',
      subject,
      async (bench) => {
        bench.answerUnary(
          undefined,
          chunked((body) => [body, Buffer.alloc(MEBIBYTE, ' ')], 'silence'),
        );
        expectMatch(await bench.failure(false), { code: 'too_large' }, 'the error');
        const last = bench.stage.call.requests.at(-1)?.connection ?? 0;
        await inTime(
          bench.stage.connections[last - 1]?.closed ?? Promise.resolve(),
          'closing the socket',
        );
      },
      limited,
    ),
    benched(
      'F29: a gzip bomb ends at the cap of decoded bytes',
      subject,
      async (bench) => {
        bench.answerUnary(
          undefined,
          packed(
            'gzip',
            () => gzipSync(Buffer.alloc(8 * MEBIBYTE)),
            (bytes) => chunked(() => [bytes]),
          ),
        );
        expectMatch(await bench.failure(false), { code: 'too_large' }, 'the error');
      },
      limited,
    ),
    benched('an answer that drips in byte by byte is whole', subject, async (bench) => {
      bench.answerUnary(
        undefined,
        packets((body) => Array.from(body, (byte) => Uint8Array.of(byte))),
      );
      const { result } = await bench.ask(false);
      expectMatch(result, expected(subject, subject.sample.answer), 'the result');
    }),
  ];
  if (isEventStream(subject)) {
    checks.push(
      benched('F27: a line without end is too_large', subject, async (bench) => {
        bench.answerStream(undefined, async (answer, connection) => {
          await connection.write(headOf({ ...answer, frames: [] }));
          const piece = Buffer.alloc(MEBIBYTE, 'x');
          for (let sent = 0; sent < 64 && !connection.socket.destroyed; sent++) {
            await connection.write(
              Buffer.concat([
                Buffer.from(`${MEBIBYTE.toString(16)}\r\n`),
                piece,
                Buffer.from('\r\n'),
              ]),
            );
            await turn();
          }
        });
        expectMatch(await bench.failure(true), { code: 'too_large' }, 'the error');
      }),
    );
  }
  return checks;
}

const BROKEN: Readonly<Record<string, string>> = {
  'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  'no status line': 'hello\r\n\r\n',
  'a bad chunk length':
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
};

function smuggling(subject: Subject): readonly Check[] {
  return Object.entries(BROKEN).map(([what, text]) =>
    benched(`an answer with ${what} is refused`, subject, async (bench) => {
      bench.answer(() => [{ body: '' }], bytes(text));
      for (const stream of shapes(subject)) {
        const { code } = await bench.failure(stream);
        expectTrue(code === 'protocol' || code === 'connection', `the code is ${code}`);
      }
    }),
  );
}
