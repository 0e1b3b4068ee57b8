import { joinProgress, type InferwayError, type Middleware } from '@inferway/core';
import { timeout, type TimeoutOptions } from '@inferway/core/middleware';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { chunk, LAST_CHUNK, type Connection } from '@inferway/provider-kit/testing';
import { expectMatch, expectTrue } from '../expect.js';
import { Bench } from '../provider/bench.js';
import type { Check } from '../provider/check.js';
import { begunEvents } from '../provider/events.js';
import { expected } from '../provider/expected.js';
import { inTime, patience } from '../provider/in-time.js';
import { shapes, streams, type Subject } from '../provider/subject.js';
import { textOf } from '../provider/text-of.js';
import { begunText, exchangesOf, isEventStream } from '../provider/wire-view.js';
import { bodyOf, chunked, headOf, nothing, type Delivery } from '../stage/delivery.js';

const SECOND = 1000;
const PING = chunk(': ping\n\n');

/** The chain's timers work through the adapter: it tells of bytes, and lets go when they run out. In virtual time. */
export function timers(subject: Subject): readonly Check[] {
  const soFar = begunText(subject);
  const begun: Delivery = chunked((body) => [body], 'silence');
  return [
    ...shapes(subject).map((stream) =>
      timed(
        `F33: headers of a ${stream ? 'streamed' : 'unary'} answer that never come`,
        subject,
        {},
        async (run) => {
          const failing = run.ask(stream, nothing('silence'));
          await run.reached();
          await run.clock.advance(601 * SECOND);
          // Bytes of an earlier exchange have come where there are several.
          await run.ended(failing, exchangesOf(subject, stream) > 1 ? undefined : 'first-event');
        },
      ),
    ),
    ...(streams(subject)
      ? [
          timed(
            'F34: silence after the first events, with the text so far',
            subject,
            {},
            async (run) => {
              const failing = run.ask(true, begun, begunEvents(subject));
              await run.heard();
              await run.clock.advance(61 * SECOND);
              const error = await run.ended(failing, isFile(subject) ? undefined : 'idle-bytes');
              expectMatch(textOf(error.partial), soFar, 'the text in error.partial');
            },
          ),
          timed(
            'F37: an answer that the deadline ends, with the text so far',
            subject,
            {},
            async (run) => {
              const failing = run.ask(true, begun, begunEvents(subject), 40 * SECOND);
              await run.heard();
              await run.clock.advance(41 * SECOND);
              const error = await run.ended(failing, 'total');
              expectMatch(textOf(error.partial), soFar, 'the text in error.partial');
            },
          ),
        ]
      : []),
    ...(isEventStream(subject) ? pinged(subject, begun, soFar) : []),
  ];
}

function pinged(subject: Subject, begun: Delivery, soFar: string): readonly Check[] {
  const long = { firstEventMs: 900 * SECOND, idleContentMs: 900 * SECOND };
  return [
    timed('F35: pings for ever without content', subject, {}, async (run) => {
      const failing = run.ask(true, begun, begunEvents(subject));
      await run.heard();
      for (let i = 0; i < 7; i++) {
        await run.clock.advance(45 * SECOND);
        if (i < 6) await run.ping();
      }
      const error = await run.ended(failing, 'idle-content');
      expectMatch(textOf(error.partial), soFar, 'the text in error.partial');
    }),
    timed(
      'F36: six minutes of honest thinking, where that is allowed',
      subject,
      long,
      async (run) => {
        let rest: Buffer = Buffer.alloc(0);
        run.bench.answerStream(undefined, async (answer, connection) => {
          run.connection = connection;
          rest = bodyOf(answer);
          await connection.write(headOf({ ...answer, frames: [] }));
        });
        const asked = run.bench.ask(true);
        asked.catch(() => {});
        await run.reached();
        for (let i = 0; i < 8; i++) {
          await run.ping();
          await run.clock.advance(45 * SECOND);
        }
        await run.connection?.write(Buffer.concat([chunk(rest), Buffer.from(LAST_CHUNK)]));
        expectMatch((await asked).result, expected(subject, subject.sample.answer), 'the result');
      },
    ),
  ];
}

// Of a file that is being sent, silence and missing content are the same.
function isFile(subject: Subject): boolean {
  return subject.script.end === 'transport';
}

/** A test in virtual time. */
class TimedRun {
  readonly bench: Bench;
  readonly clock: VirtualClock;
  /** On which the last answer goes out. */
  connection: Connection | undefined;
  readonly #reads: () => number;
  #seen = 0;

  constructor(bench: Bench, clock: VirtualClock, reads: () => number) {
    this.bench = bench;
    this.clock = clock;
    this.#reads = reads;
  }

  /** A call whose last answer is delivered so, and the error that it ends with. */
  ask(
    stream: boolean,
    deliver: Delivery,
    events?: readonly object[],
    timeoutMs?: number,
  ): Promise<InferwayError> {
    const noting: Delivery = async (answer, connection) => {
      await deliver(answer, connection);
      this.connection = connection;
    };
    if (stream) this.bench.answerStream(events, noting);
    else this.bench.answerUnary(undefined, noting);
    const failing = this.bench.failure(stream, { timeoutMs });
    failing.catch(() => {});
    return failing;
  }

  /** The last answer is going out. An adapter that polls waits in virtual time. */
  async reached(): Promise<void> {
    await this.#until(
      () => this.connection !== undefined,
      'the adapter sends the requests that its protocol needs',
      () => (this.bench.stage.calls.length > 0 ? this.clock.advance(10) : undefined),
    );
    await pause();
  }

  /** The adapter has told of bytes since the last time. */
  async heard(): Promise<void> {
    await this.reached();
    await this.#until(
      () => this.#reads() !== this.#seen,
      'the adapter tells call.progress of the bytes that arrive',
    );
    await pause();
    this.#seen = this.#reads();
  }

  async #until(done: () => boolean, what: string, between?: () => unknown): Promise<void> {
    const end = performance.now() + patience();
    while (!done()) {
      expectTrue(performance.now() < end, what);
      await pause();
      await between?.();
    }
  }

  async ping(): Promise<void> {
    this.#seen = this.#reads();
    await this.connection?.write(PING);
    await this.heard();
  }

  /** The call ended by the timer of this phase, and its socket was closed. */
  async ended(failing: Promise<InferwayError>, phase: string | undefined): Promise<InferwayError> {
    const error = await inTime(failing, 'the call whose time ran out');
    expectMatch(error, { code: 'timeout', ...(phase === undefined ? {} : { phase }) }, 'the error');
    await inTime(this.connection?.closed ?? Promise.resolve(), 'closing the socket');
    return error;
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

function timed(
  name: string,
  subject: Subject,
  limits: TimeoutOptions,
  body: (run: TimedRun) => Promise<void>,
): Check {
  return {
    name,
    async run() {
      let reads = 0;
      const counting: Middleware = (call, next) =>
        next({ ...call, progress: joinProgress(call.progress, { bytes: () => reads++ }) });
      const clock = virtualClock();
      const bench = await Bench.open(subject, { clock, middleware: [timeout(limits), counting] });
      try {
        await body(new TimedRun(bench, clock, () => reads));
      } finally {
        await bench.close();
      }
    },
  };
}
