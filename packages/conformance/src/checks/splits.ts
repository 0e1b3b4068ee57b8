import { seededRandom } from '@inferway/core/testing';
import { expectMatch } from '../expect.js';
import type { Bench, Got } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import { shapes, streams, type Subject } from '../provider/subject.js';
import { carrierOf, isEventStream, withoutCallIds } from '../provider/wire-view.js';
import { bodyOf, chunked, packets, type Delivery } from '../stage/delivery.js';

const AT_ONCE = 8;
/** Above it a stream is cut at random. */
const SMALL = 2500;

/** Bytes mean the same however they are split (F19, F25). */
export function splits(subject: Subject): readonly Check[] {
  const check = (
    name: string,
    stream: boolean,
    count: (length: number) => number,
    deliver: (run: number, length: number) => Delivery,
  ): Check =>
    benched(name, subject, async (bench) => {
      bench.answerSample(stream);
      const whole = seen(subject, await bench.ask(stream));
      const carrier = carrierOf(subject, stream);
      const length = carrier === undefined ? 0 : bodyOf(carrier).length;
      let next = 0;
      bench.answerSample(stream, (answer, connection) =>
        deliver(next++, bodyOf(answer).length)(answer, connection),
      );
      await repeat(bench, count(length), async () => {
        expectMatch(seen(subject, await bench.ask(stream)), whole, 'an answer that came in pieces');
      });
    });

  return [
    ...shapes(subject).flatMap((stream) => {
      const what = stream ? 'a stream' : 'a unary answer';
      return [
        check(`F25: ${what} cut at every byte`, stream, every, (run, length) =>
          chunked((body) => [
            body.subarray(0, 1 + (run % (length - 1))),
            body.subarray(1 + (run % (length - 1))),
          ]),
        ),
        check(
          `F25: ${what} in packets cut at random`,
          stream,
          () => 12,
          (run) => {
            const random = seededRandom(run + 1);
            return packets((body) =>
              cutAt(
                body,
                Array.from({ length: 9 }, () => random()),
              ),
            );
          },
        ),
      ];
    }),
    ...(streams(subject)
      ? [
          check(
            'F19, F25: one byte a time',
            true,
            () => 1,
            () => chunked((body) => Array.from(body, (byte) => Uint8Array.of(byte))),
          ),
        ]
      : []),
  ];
}

const every = (length: number): number => (length > SMALL ? 200 : length - 1);

// The events of a file are its pieces as they come.
function seen(subject: Subject, got: Got): object {
  const { meta: _meta, ...result } = got.result;
  const { events, usage } = got;
  return withoutCallIds({ result, usage, ...(isEventStream(subject) ? { events } : {}) }) as object;
}

async function repeat(bench: Bench, count: number, one: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  bench.stage.calls.length = 0;
}

function cutAt(body: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => Math.floor(place * body.length)), body.length].sort(
    (a, b) => a - b,
  );
  return ends.map((end, i) => body.subarray(ends[i - 1] ?? 0, end)).filter((one) => one.length > 0);
}
