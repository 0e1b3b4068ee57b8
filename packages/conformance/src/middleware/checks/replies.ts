import { Events, type AnyReply, type ChatEvent, type Middleware, type Next } from '@inferway/core';
import { accept, emit, say, type Step } from '@inferway/core/testing';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { rigged, type MiddlewareSubject } from '../middleware-check.js';
import { PROBE } from '../probe.js';
import { readAll, type Rig } from '../rig.js';

const META = { requestId: 'request-9', status: 200, servedBy: 'partner' };
const ANSWER: readonly Step[] = [accept(META), ...say('one two three').slice(1)];
const EVENTS = ANSWER.flatMap((step) => (step.do === 'emit' ? step.events : []));

/** Replies reach the caller as they came. */
export function replies(subject: MiddlewareSubject): readonly Check[] {
  return [
    rigged('a unary reply is passed on unchanged', subject, ANSWER, async (rig) => {
      const reply = await rig.run(rig.unary('q'));
      expectMatch(
        reply.result,
        {
          message: { role: 'assistant', content: [{ type: 'text', text: 'one two three' }] },
          finishReason: { unified: 'stop' },
        },
        'the result',
      );
      expectMatch(reply.meta, META, 'meta');
      expectMatch(reply.usage, { inputTokens: 10, outputTokens: 3 }, 'the usage');
      once(rig, 'complete');
    }),
    rigged('a stream’s events are passed on unchanged, in order', subject, ANSWER, async (rig) => {
      const reply = await rig.run(rig.stream('q'));
      expectMatch(await rig.run(readAll(reply)), EVENTS as readonly ChatEvent[], 'the events');
      expectMatch(reply.meta, META, 'meta');
      expectMatch(reply.events.usage, { inputTokens: 10, outputTokens: 3 }, 'the usage');
      once(rig, 'complete');
    }),
    ...([false, true] as const).map((stream) =>
      rigged(
        `an operation that it never heard of passes, ${stream ? 'streamed' : 'unary'}`,
        subject,
        [
          emit({ type: 'start' }, { type: 'piece', piece: 'a' }),
          emit({ type: 'piece', piece: 'b' }, { type: 'end' }),
        ],
        async (rig) => {
          const reply: AnyReply = await rig.run(rig.send(PROBE, 'q', stream));
          if (!reply.stream) {
            expectMatch(reply.result, { pieces: ['a', 'b'] } as never, 'the result');
            return;
          }
          const events = await rig.run(readAll(reply as never));
          expectMatch(events.length, 4, 'events');
          once(rig, 'complete');
        },
      ),
    ),
    rigged(
      'the call is passed on with its request, shape and state',
      subject,
      ANSWER,
      async (rig) => {
        await rig.run(rig.unary('q'));
        await rig.run(rig.run(rig.stream('r')).then(readAll));
        expectMatch(
          rig.passed.map(({ operation, stream }) => [operation, stream]),
          [
            ['chat', false],
            ['chat', true],
          ],
          'the calls',
        );
        expectMatch(
          rig.passed.map(({ request }) => request),
          ['q', 'r'].map((content) => ({ messages: [{ role: 'user', content }] })) as never,
          'the requests',
        );
      },
    ),
    rigged(
      'a frozen call is accepted',
      subject,
      ANSWER,
      async (rig) => {
        await rig.run(rig.unary('q'));
        await rig.run(rig.run(rig.stream('r')).then(readAll));
      },
      [freezing],
    ),
    readingAhead(subject),
  ];
}

/** The caller's reply ended once, and so did every reply that the middleware was given. */
export function once(rig: Rig, status: string): void {
  for (const { ends } of rig.returned)
    expectMatch(
      ends.map((end) => end.status),
      [status],
      'ends of the reply that the caller got',
    );
  for (const { reply, ends } of rig.given) {
    if (reply.stream) expectMatch(ends.length, 1, 'ends of a reply that the middleware was given');
  }
  expectMatch(rig.clock.timers, 0, 'timers that still run');
}

const freezing: Middleware = (call, next) =>
  next(
    Object.freeze({
      ...call,
      model: Object.freeze({ ...call.model }),
      request: Object.freeze({ ...call.request }),
    }) as never,
  ) as never;

// A source that counts what is pulled of it stands in the provider's place.
function readingAhead(subject: MiddlewareSubject): Check {
  const all: readonly ChatEvent[] = [
    { type: 'start' },
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    ...Array.from({ length: 20 }, (_none, i): ChatEvent => ({
      type: 'text-delta',
      index: 0,
      text: `${i} `,
    })),
    { type: 'finish', finishReason: { unified: 'stop' } },
    { type: 'end' },
  ];
  let pulled = 0;
  const counting: Middleware = async (call, next: Next) => {
    const reply = (await next(call)) as AnyReply;
    if (!reply.stream) return reply;
    reply.events.cancel();
    const source = {
      pull: async () => (pulled < all.length ? [all[pulled++] as ChatEvent] : undefined),
      cancel() {},
    };
    return { ...reply, events: new Events(source, call.signal) } as never;
  };
  const inner = { ...subject, factory: (setup: never) => joined(subject.factory(setup), counting) };
  return rigged(
    'it reads no further than the reader, once the reply has content',
    inner as never,
    ANSWER,
    async (rig) => {
      pulled = 0;
      const { events } = await rig.run(rig.stream('q'));
      await rig.clock.advance(0);
      expectTrue(pulled <= 3, `${pulled} events were pulled before the first was read`);
      for (let read = 1; read <= 8; read++) {
        await rig.run(events.next());
        await rig.clock.advance(0);
        expectTrue(
          pulled <= Math.max(3, read + 1),
          `${pulled} events were pulled when ${read} were read`,
        );
      }
      events.cancel();
    },
  );
}

/** Two middlewares as one, the first outside. */
function joined(outer: Middleware, inner: Middleware): Middleware {
  return (call, next) => outer(call, ((one: never) => inner(one, next)) as Next);
}
