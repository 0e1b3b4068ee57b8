import type { Middleware } from '@inferway/core';
import { seededRandom } from '@inferway/core/testing';
import { expectMatch, expectTrue } from '../expect.js';
import { benched, type Check } from '../provider/check.js';
import { numbered, numberIn, withNumber } from '../provider/numbered.js';
import { expected, expectUsage } from '../provider/expected.js';
import { eventsOf } from '../provider/events.js';
import { failureOf, inTime } from '../provider/in-time.js';
import { shapes, type Subject } from '../provider/subject.js';
import { chunked, packets } from '../stage/delivery.js';
import { rejectionsDuring } from './rejections.js';

const CALLS = 40;

/** Calls do not touch each other, nor what they were given, nor the process that made them. */
export function isolation(subject: Subject): readonly Check[] {
  const { sample } = subject;
  return [
    ...shapes(subject).map((stream) =>
      benched(
        `S20: ${CALLS} ${stream ? 'streamed' : 'unary'} calls at once, a third of them aborted, get their own answers`,
        subject,
        async (bench) => {
          const { script } = subject;
          bench.answer(
            (call) => {
              const answer = numbered(sample.answer, numberIn(call.request.body));
              return stream
                ? (script.stream?.(eventsOf(subject, answer) as never, call) ?? [])
                : script.unary(answer, call);
            },
            packets((body) => [
              body.subarray(0, body.length >> 1),
              body.subarray(body.length >> 1),
            ]),
          );
          const random = seededRandom(7);
          await rejectionsDuring(async () => {
            await Promise.all(
              Array.from({ length: CALLS }, async (_none, number) => {
                const controller = new AbortController();
                if (number % 3 === 0) setTimeout(() => controller.abort(), random() * 12);
                const asked = bench.ask(stream, {
                  request: withNumber(subject, number),
                  signal: controller.signal,
                });
                const got = await asked.catch((reason: unknown) =>
                  failureOf(Promise.reject(reason)),
                );
                if ('code' in got) {
                  expectTrue(
                    got.code === 'aborted' && number % 3 === 0,
                    `call ${number} failed with ${got.code}`,
                  );
                  return;
                }
                const answer = numbered(sample.answer, number);
                expectMatch(got.result, expected(subject, answer), `the result of call ${number}`);
                expectUsage(got.usage, subject, answer);
              }),
            );
          });
        },
      ),
    ),
    ...shapes(subject).map((stream) =>
      benched(
        `a deep-frozen ${stream ? 'streamed' : 'unary'} call is accepted`,
        subject,
        async (bench) => {
          bench.answerSample(stream);
          await bench.ask(stream);
        },
        () => ({ middleware: [freezing] }),
      ),
    ),
    benched('the same call twice is the same request twice', subject, async (bench) => {
      for (const stream of shapes(subject)) {
        bench.stage.calls.length = 0;
        bench.answerSample(stream);
        await bench.ask(stream);
        await bench.ask(stream);
        const [first, second] = bench.stage.calls.map(({ requests: [request] }) => request);
        expectMatch(second?.body, first?.body, 'the second body');
        expectMatch(second?.path, first?.path, 'the second path');
      }
    }),
    benched('close() closes the connections that were kept', subject, async (bench) => {
      bench.answerSample(
        false,
        chunked((body) => [body]),
      );
      await bench.ask(false);
      await bench.ask(false);
      await inTime(Promise.resolve(bench.provider.close?.()), 'close()');
      await inTime(
        Promise.all(bench.stage.connections.map(({ closed }) => closed)),
        'closing the connections',
      );
    }),
  ];
}

// State, signal and credential are objects with a life of their own.
const freezing: Middleware = (call, next) =>
  next(
    Object.freeze({
      ...call,
      model: frozen({ ...call.model }),
      request: frozen(structuredClone(call.request)),
    }) as never,
  ) as never;

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
