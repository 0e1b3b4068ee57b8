import {
  attemptBudget,
  createClient,
  InferwayError,
  type AttemptBudget,
  type ErrorCode,
  type Middleware,
} from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { auth, fallback, pool, retry, timeout } from '@inferway/core/middleware';
import { hedge, resume } from '@inferway/core/resilience';
import {
  fail,
  fakeError,
  fakeProvider,
  say,
  stall,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runningAttempts } from '../running-attempts.js';

const names = ['a', 'b', 'c'] as const;
type Word = ErrorCode | 'answer' | 'late' | 'never sent' | 'stall' | 'break early' | 'break late';

const behaviour = fc.constantFrom<Word>(
  ...(['answer', 'late', 'late', 'never sent', 'stall', 'break early', 'break late'] as const),
  ...(['overloaded', 'server', 'rate_limit', 'authentication', 'invalid_request'] as const),
);

function stepsOf(what: Word): readonly Step[] {
  switch (what) {
    case 'answer':
      return say('an answer');
    case 'late':
      return [wait(150), ...say('an answer')];
    case 'never sent':
      return [fail(fakeError('connection', { sent: 'no' }))];
    case 'stall':
      return [stall()];
    case 'break early':
      return [...say('x').slice(0, 3), fail('stream_interrupted')];
    case 'break late':
      return [...say('an answer').slice(0, 4), fail('stream_interrupted')];
    default:
      return [fail(what)];
  }
}

const target = fc.constantFrom(...names).map((name) => `${name}/m`);
const layer: fc.Arbitrary<() => Middleware> = fc.oneof(
  fc
    .integer({ min: 1, max: 5 })
    .map((attempts) => () => retry({ attempts, baseMs: 10, maxMs: 100 })),
  fc.array(target, { minLength: 1, maxLength: 3 }).map((targets) => () => fallback(...targets)),
  fc
    .integer({ min: 1, max: 3 })
    .map((keys) => () => auth(pool(Array.from({ length: keys }, (_, i) => `key-${i}`)))),
  fc.constant(() => timeout({ firstEventMs: 1000 })),
  fc
    .record({ attempts: fc.integer({ min: 2, max: 4 }), delayMs: fc.constantFrom(1, 50, 120) })
    .map((options) => () => hedge({ ...options, share: 1 })),
  target.map((other) => () => hedge({ delayMs: 30, share: 1, targets: [other] })),
  fc.constantFrom('restart' as const, 'continue' as const).map(
    (mode) => () =>
      resume({
        mode,
        baseMs: 5,
        times: 3,
        ...(mode === 'continue' ? { prefill: () => true } : {}),
      }),
  ),
  fc.constant(() => coalesce({ scope: 'shared' })),
);

test('in any composition with hedges, shared calls and answers that go on, the budget holds, each attempt ends, and nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(layer, { maxLength: 6 }),
      fc.array(behaviour, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (layers, behaviours, attempts, stream, callers) => {
        const clock = virtualClock();
        const did: Word[] = [];
        const providers = names.map((name) =>
          fakeProvider({
            name,
            script: () => {
              const what = behaviours[did.length % behaviours.length] ?? 'answer';
              did.push(what);
              return stepsOf(what);
            },
          }),
        );
        const budgets: AttemptBudget[] = [];
        const watch: Middleware = (call, next) => {
          budgets.push(attemptBudget(call.state));
          return next(call);
        };
        const client = createClient({
          providers,
          clock,
          attempts,
          middleware: [watch, ...layers.map((make) => make())],
        });
        const work = async (): Promise<string> => {
          const input = { model: 'a/m', messages: [] } as const;
          const options = { timeoutMs: 60_000 };
          if (!stream) return (await client.chat(input, options)).text;
          return (await (await client.chat.stream(input, options)).result).text;
        };
        const outcomes: unknown[] = [];
        for (let caller = 0; caller < callers; caller++) {
          work().then(
            (text) => outcomes.push(text),
            (reason: unknown) => outcomes.push(reason),
          );
        }
        await clock.advance(120_000);

        expect(outcomes).toHaveLength(callers);
        for (const outcome of outcomes) {
          if (!InferwayError.is(outcome)) {
            // Whole, and never with anything twice but what a fake that goes on says again.
            expect(outcome).toMatch(/^(an )*an answer$/u);
            continue;
          }
          expect(outcome.code).not.toBe('internal');
          expect(outcome.code).not.toBe('configuration');
        }
        for (const budget of budgets) {
          const { made, limit, reserved } = budget;
          // A transparent retry raises the limit.
          expect(made.length).toBeLessThanOrEqual(limit);
          expect(limit).toBeLessThanOrEqual(attempts + 1);
          expect([runningAttempts(budget), reserved]).toEqual([0, 0]);
          expect(made.every(({ endedMs }) => endedMs !== undefined)).toBe(true);
        }
        expect(budgets.reduce((sum, { made }) => sum + made.length, 0)).toBe(did.length);
        expect(clock.timers).toBe(0);
        expect(providers.reduce((sum, { open }) => sum + open, 0)).toBe(0);
      },
    ),
    { numRuns: 1000 },
  );
});
