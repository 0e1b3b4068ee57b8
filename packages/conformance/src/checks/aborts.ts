import { expectMatch, expectTrue } from '../expect.js';
import { Bench } from '../provider/bench.js';
import { benched, type Check } from '../provider/check.js';
import { begunEvents } from '../provider/events.js';
import { failureOf, inTime } from '../provider/in-time.js';
import { streams, type Subject } from '../provider/subject.js';
import { chunked, headOf, nothing, type Delivery } from '../stage/delivery.js';
import { rejectionsDuring } from './rejections.js';

/** From the abort to the socket's end, as the server sees it (law 4). */
const LIMIT_MS = 100;
/** A machine under load is not a slow adapter: the best of so many counts. */
const TRIES = 3;

/** Brings a call to where it is to be aborted, and gives what it will end with. */
type Bring = (bench: Bench, signal: AbortSignal) => Promise<{ readonly ended: Promise<unknown> }>;

/** An abort in any phase ends the call and frees its socket. */
export function aborts(subject: Subject): readonly Check[] {
  return [
    benched('F38: a call whose signal is aborted already sends nothing', subject, async (bench) => {
      bench.answerUnary();
      const error = await bench.failure(false, { signal: AbortSignal.abort() });
      expectMatch(error, { code: 'aborted', retryable: false, fallbackable: false }, 'the error');
      expectMatch(bench.stage.calls.length, 0, 'requests');
    }),
    benched('F38: an abort before there is a connection', subject, async (bench) => {
      bench.answerUnary(undefined, nothing('silence'));
      const controller = new AbortController();
      const ended = failureOf(bench.ask(false, { signal: controller.signal }));
      controller.abort();
      expectMatch(await inTime(ended, 'the call'), { code: 'aborted' }, 'the error');
    }),
    aborted(
      'F38: an abort before the headers of a unary answer',
      subject,
      waiting(false, nothing('silence')),
    ),
    aborted(
      'F38: an abort within the body of a unary answer',
      subject,
      waiting(
        false,
        chunked((body) => [body.subarray(0, 1)], 'silence'),
      ),
    ),
    ...(streams(subject) ? streamed(subject) : []),
  ];
}

function streamed(subject: Subject): readonly Check[] {
  const headOnly: Delivery = (answer, connection) =>
    connection.write(headOf({ ...answer, frames: [] }));
  const checks = [
    aborted(
      'F38: an abort before the headers of a stream',
      subject,
      waiting(true, nothing('silence')),
    ),
    aborted(
      'F38: an abort between the headers and the first event',
      subject,
      waiting(true, headOnly),
    ),
    aborted('F38: an abort between two events', subject, async (bench, signal) => {
      const { stream } = await begun(bench, signal);
      return { ended: readAll(stream) };
    }),
    aborted(
      'F38: an abort while events are held for the reader',
      subject,
      async (bench, signal) => {
        const { stream } = await begun(bench, signal);
        const events = stream[Symbol.asyncIterator]();
        await inTime(events.next(), 'the first event');
        // The reader comes back only after the abort.
        return { ended: aborting(signal).then(() => readAll(stream)) };
      },
    ),
    leaving(
      'F39: leaving a stream before the first read closes its socket',
      subject,
      async (stream) => stream.cancel(),
    ),
    leaving('F39: leaving the loop closes the socket', subject, async (stream) => {
      for await (const event of stream) if (event !== undefined) break;
    }),
    benched('F38: an abort after the end changes nothing', subject, async (bench) => {
      bench.answerStream();
      const controller = new AbortController();
      const stream = await bench.stream({ signal: controller.signal });
      const events = await readAll(stream);
      controller.abort();
      expectTrue(events.length > 0, 'events came');
      await inTime(stream.result, 'the result');
    }),
  ];
  return checks;
}

type Opened = Awaited<ReturnType<Bench['stream']>>;

/** A streamed call whose first events have been sent, and no more. */
async function begun(bench: Bench, signal?: AbortSignal): Promise<{ stream: Opened }> {
  bench.answerStream(
    begunEvents(bench.subject),
    chunked((body) => [body], 'silence'),
  );
  return { stream: await bench.stream(signal === undefined ? {} : { signal }) };
}

async function readAll(stream: Opened): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function aborting(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
}

/** The call is under way at the server, whose last answer is delivered so. */
function waiting(stream: boolean, deliver: Delivery): Bring {
  return async (bench, signal) => {
    const reached = Promise.withResolvers<void>();
    bench.answerSample(stream, async (answer, connection) => {
      await deliver(answer, connection);
      reached.resolve();
    });
    const ended = bench.ask(stream, { signal });
    ended.catch(() => {});
    await inTime(reached.promise, 'the request');
    // What the server wrote is to be with the adapter.
    await new Promise((resolve) => setTimeout(resolve, 15));
    return { ended };
  };
}

function aborted(name: string, subject: Subject, bring: Bring): Check {
  return timed(name, subject, async (bench) => {
    const controller = new AbortController();
    const { ended } = await bring(bench, controller.signal);
    const reason = new Error('the user left');
    const failing = failureOf(ended);
    const at = performance.now();
    controller.abort(reason);
    const error = await inTime(failing, 'the aborted call');
    expectMatch(error, { code: 'aborted', retryable: false, fallbackable: false }, 'the error');
    expectTrue(chainOf(error).includes(reason), 'the caller’s reason is the cause');
    return at;
  });
}

function leaving(name: string, subject: Subject, leave: (stream: Opened) => Promise<void>): Check {
  return timed(name, subject, async (bench) => {
    const { stream } = await begun(bench);
    const at = performance.now();
    await inTime(leave(stream), 'leaving the stream');
    return at;
  });
}

/** `act` gives when the call was given up; the last connection must close soon after. */
function timed(name: string, subject: Subject, act: (bench: Bench) => Promise<number>): Check {
  return {
    name,
    async run() {
      let best = Number.POSITIVE_INFINITY;
      for (let tried = 0; tried < TRIES && best > LIMIT_MS; tried++) {
        best = Math.min(best, await once(subject, act));
      }
      expectTrue(
        best <= LIMIT_MS,
        `the socket was closed after ${Math.round(best)} ms, not ${LIMIT_MS}`,
      );
    },
  };
}

async function once(subject: Subject, act: (bench: Bench) => Promise<number>): Promise<number> {
  const bench = await Bench.open(subject);
  try {
    let took = 0;
    await rejectionsDuring(async () => {
      const at = await act(bench);
      const { stage } = bench;
      const number = stage.calls.at(-1)?.requests.at(-1)?.connection ?? 0;
      await inTime(
        stage.connections[number - 1]?.closed ?? Promise.resolve(),
        'closing the socket',
      );
      took = (stage.closedAt.get(number) ?? performance.now()) - at;
    });
    expectMatch(bench.stage.calls.length, 1, 'requests for one call');
    return took;
  } finally {
    await bench.close();
  }
}

function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let one: unknown = error; one instanceof Error && chain.length < 10; one = one.cause)
    chain.push(one);
  return chain;
}
