import { InferwayError, type Middleware, type Next } from '@inferway/core';
import {
  accept,
  emit,
  fail,
  fakeError,
  say,
  settle,
  stall,
  type Script,
} from '@inferway/core/testing';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime } from '../../provider/in-time.js';
import { rigged, type MiddlewareSubject } from '../middleware-check.js';
import { readAll, type Rig } from '../rig.js';
import { once } from './replies.js';

const BEGUN = say('one two three').slice(0, 4);
const refusal = (): InferwayError =>
  fakeError('invalid_request', { message: 'No.', param: 'messages' });

/** However a call ends, it ends once, at once, and for everybody. */
export function ends(subject: MiddlewareSubject): readonly Check[] {
  return [...failures(subject), ...cancellations(subject), ...aborts(subject)];
}

function failures(subject: MiddlewareSubject): readonly Check[] {
  const refused = refusal();
  const broken = fakeError('stream_interrupted');
  return [
    ...([false, true] as const).map((stream) =>
      rigged(
        `a refused ${stream ? 'streamed' : 'unary'} call is passed on as the error that it is`,
        subject,
        [fail(refused)],
        async (rig) => {
          const error = await rig.failure(stream ? rig.stream('q') : rig.unary('q'));
          expectTrue(
            error === refused,
            `the very error is thrown, not ${error.code}: ${error.message}`,
          );
          expectMatch(rig.clock.timers, 0, 'timers that still run');
        },
      ),
    ),
    rigged(
      'a stream that breaks after its first content throws its error to the reader, and ends once',
      subject,
      [...BEGUN, fail(broken)],
      async (rig) => {
        const reply = await rig.run(rig.stream('q'));
        const error = await rig.failure(readAll(reply));
        expectTrue(
          error === broken,
          `the very error is thrown, not ${error.code}: ${error.message}`,
        );
        once(rig, 'failed');
      },
    ),
    rigged(
      'a stream that breaks before its first content fails the call or the stream, typed',
      subject,
      [accept(), emit({ type: 'start' }), fail('server')],
      async (rig) => {
        const error = await rig.failure(rig.stream('q').then(readAll));
        expectMatch(error.code, 'server', 'the code');
        expectTrue(
          rig.given.every(({ ends: seen }) => seen.length === 1),
          'every reply that it was given has ended once',
        );
        expectMatch(rig.clock.timers, 0, 'timers that still run');
      },
    ),
    ...(subject.suite.decides === true
      ? []
      : [
          rigged(
            'a call is one call to the provider, also when it fails',
            subject,
            [fail('overloaded')],
            async (rig) => {
              await rig.failure(rig.unary('q'));
              expectMatch(rig.attempts.length, 1, 'attempts');
            },
          ),
        ]),
  ];
}

function cancellations(subject: MiddlewareSubject): readonly Check[] {
  const closed = (rig: Rig): void => {
    expectMatch(rig.fake.open, 0, 'attempts that are still open at the provider');
    once(rig, 'cancelled');
  };
  return [
    rigged(
      'return() before the first read reaches the provider',
      subject,
      [...BEGUN, stall()],
      async (rig) => {
        const { events } = await rig.run(rig.stream('q'));
        await inTime(events.return(), 'return()');
        await settle();
        closed(rig);
      },
    ),
    rigged('leaving the loop reaches the provider', subject, [...BEGUN, stall()], async (rig) => {
      const { events } = await rig.run(rig.stream('q'));
      for await (const event of events) if (event.type === 'text-delta') break;
      await settle();
      closed(rig);
    }),
    rigged(
      'cancel() while a read waits ends the read and reaches the provider',
      subject,
      [...BEGUN, stall()],
      async (rig) => {
        const { events } = await rig.run(rig.stream('q'));
        const reading = (async () => {
          for await (const event of events) expectTrue(event !== undefined, 'an event');
        })();
        await settle();
        events.cancel();
        await inTime(reading, 'the read');
        closed(rig);
      },
    ),
  ];
}

function aborts(subject: MiddlewareSubject): readonly Check[] {
  const aborted = (name: string, stream: boolean, script: Script, read: boolean): Check =>
    rigged(name, subject, script, async (rig) => {
      const controller = new AbortController();
      const calling = stream
        ? rig.stream('q', controller.signal)
        : rig.unary('q', controller.signal);
      const reply = read ? await rig.run(rig.stream('q2', controller.signal)) : undefined;
      calling.catch(() => {});
      await settle();
      const failing = rig.failure(reply === undefined ? calling : readAll(reply as never));
      controller.abort(new Error('the user left'));
      expectMatch(await failing, { code: 'aborted', retryable: false }, 'the error');
      await settle();
      expectMatch(rig.fake.open, 0, 'attempts that are still open at the provider');
      for (const { ends: seen } of [...rig.returned, ...rig.given])
        expectMatch(seen.length, 1, 'ends of a reply');
      expectMatch(rig.clock.timers, 0, 'timers that still run');
    });
  return [
    rigged(
      'a call that is aborted already is not passed on to the provider',
      subject,
      say('x'),
      async (rig) => {
        expectMatch(await rig.failure(rig.unary('q')), { code: 'aborted' }, 'the error');
        expectMatch(rig.attempts.length, 0, 'attempts');
      },
      [abortedAlready],
    ),
    aborted('an abort before a unary call is answered', false, [stall()], false),
    aborted('an abort before a stream is accepted', true, [stall()], false),
    aborted('an abort while a stream is read', true, [...BEGUN, stall()], true),
    rigged('an abort after the end changes nothing', subject, say('one two'), async (rig) => {
      const controller = new AbortController();
      const reply = await rig.run(rig.stream('q', controller.signal));
      const events = await rig.run(readAll(reply));
      controller.abort();
      await settle();
      expectTrue(events.length > 2, 'the events came');
      once(rig, 'complete');
    }),
    rigged(
      'an abort by a middleware outside of it ends what is below',
      subject,
      [stall()],
      async (rig) => {
        const error = await rig.failure(rig.unary('q'));
        expectMatch(error.code, 'timeout', 'the code');
        await settle();
        expectMatch(rig.fake.open, 0, 'attempts that are still open at the provider');
      },
      [givingUp],
    ),
  ];
}

const abortedAlready: Middleware = (call, next) => {
  const reason = new InferwayError('aborted', { message: 'The caller cancelled the call.' });
  return next({ ...call, signal: AbortSignal.abort(reason) } as never) as never;
};

// Gives up the call after a while, as timers and hedges do: with a signal of its own.
const givingUp: Middleware = async (call, next: Next) => {
  const controller = new AbortController();
  const reason = new InferwayError('timeout', {
    message: 'Too late.',
    retryable: false,
    fallbackable: false,
  });
  const { clock } = call.state.runtime;
  const timer = clock.setTimer(() => controller.abort(reason), 5);
  try {
    return (await next({ ...call, signal: controller.signal } as never)) as never;
  } finally {
    clock.clearTimer(timer);
  }
};
