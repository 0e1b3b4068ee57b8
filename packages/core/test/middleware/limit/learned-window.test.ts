import { createClient, type RateLimitSnapshot } from '@inferway/core';
import { learnLimits } from '@inferway/core/limits';
import {
  accept,
  fail,
  fakeError,
  fakeProvider,
  say,
  settle,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LearnedWindow } from '../../../src/middleware/limit/learned-window.js';
import { question } from './limit-helpers.js';

const trust = { maxTrustMs: 60_000 };

test('an answer to an earlier call does not undo what a later one told', () => {
  const window = new LearnedWindow(trust);
  window.learn({ limit: 10, remaining: 2, resetMs: 5000 }, 8, 0);
  window.learn({ limit: 10, remaining: 9, resetMs: 5000 }, 1, 10);
  expect(window.waitMs(3, 8, 10)).toBe(4990);
  expect(window.waitMs(2, 8, 10)).toBe(0);
  // After the reset it counts again.
  window.learn({ limit: 10, remaining: 0, resetMs: 5000 }, 3, 6000);
  expect(window.waitMs(1, 8, 6000)).toBe(5000);
});

test('what comes back of a limit that fills little by little is counted, as far as it is due', () => {
  const window = new LearnedWindow(trust);
  // One a second, of 60.
  window.learn({ limit: 60, remaining: 50, resetMs: 10_000 }, 10, 0);
  window.learn({ limit: 60, remaining: 40, resetMs: 20_000 }, 20, 0);
  window.learn({ limit: 60, remaining: 0, resetMs: 60_000 }, 60, 0);
  expect(window.waitMs(1, 60, 0)).toBe(1000);
  expect(window.waitMs(10, 60, 2000)).toBe(8000);
  expect(window.waitMs(1, 60, 1000)).toBe(0);
});

test('after the reset that a provider told of, its whole limit is there, and no more', () => {
  const window = new LearnedWindow(trust);
  window.learn({ limit: 3, remaining: 0, resetMs: 1000 }, 5, 0);
  expect(window.waitMs(1, 5, 999)).toBe(1);
  expect(window.expire(5, 1000)).toBe(false);
  expect(window.waitMs(3, 5, 1000)).toBe(0);
  expect(window.waitMs(1, 7, 1000)).toBe(0);
  expect(window.waitMs(1, 8, 1000)).toBeGreaterThan(0);
});

test('where nobody knows whether there is room again, one call has to find out', () => {
  const empty = new LearnedWindow(trust);
  empty.learn({ limit: 3, remaining: 0 }, 5, 0);
  // Nobody asked meanwhile.
  expect(empty.expire(5, 5000)).toBe(true);
  expect(empty.expire(5, 6000)).toBe(false);

  const small = new LearnedWindow(trust);
  small.learn({ limit: 100, remaining: 5 }, 50, 0);
  expect(small.waitMs(5, 50, 0)).toBe(0);
  expect(small.waitMs(6, 50, 0)).toBe(1000);
  expect(small.expire(50, 1000)).toBe(true);

  const roomy = new LearnedWindow(trust);
  roomy.learn({ limit: 100, remaining: 5 }, 50, 0);
  expect(roomy.waitMs(5, 50, 0)).toBe(0);
  expect(roomy.expire(50, 1000)).toBe(false);
});

const number = fc.oneof(
  fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e15, 0.5),
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 100_000 }),
);
const limitWindow = fc.record(
  { limit: number, remaining: number, resetMs: number, windowMs: number },
  { requiredKeys: [] },
);
const headers = fc.record(
  { requests: limitWindow, tokens: limitWindow, outputTokens: limitWindow },
  { requiredKeys: [] },
);
const answer = fc.oneof(
  fc.record({
    does: fc.constant('answers' as const),
    headers,
    ms: fc.integer({ min: 0, max: 3000 }),
  }),
  fc.record({
    does: fc.constant('refuses' as const),
    retryAfterMs: fc.option(number, { nil: undefined }),
  }),
  fc.record({ does: fc.constant('breaks' as const) }),
);

test('whatever providers tell, each call ends, and after the time for which a word is taken somebody gets through', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(answer, fc.integer({ min: 0, max: 4000 }), fc.boolean()), {
        minLength: 1,
        maxLength: 25,
      }),
      async (steps) => {
        const clock = virtualClock();
        const answers = steps.map(([what]) => what);
        const provider = fakeProvider({
          name: 'fake',
          script: (_call, attempt) => {
            const what = answers[attempt - 1];
            if (what === undefined) return say('x');
            if (what.does === 'breaks') return [fail('connection')];
            if (what.does === 'refuses')
              return [
                fail(fakeError('rate_limit', { status: 429, retryAfterMs: what.retryAfterMs })),
              ];
            return [
              wait(what.ms),
              accept({ rateLimit: what.headers as RateLimitSnapshot }),
              ...say('x').slice(1),
            ];
          },
        });
        const client = createClient({
          providers: [provider],
          clock,
          middleware: [learnLimits({ maxTrustMs: 20_000, queue: { maxWaitMs: 3000 } })],
        });
        let open = 0;
        for (const [, ms, leaves] of steps) {
          const controller = new AbortController();
          open++;
          client
            .chat({ ...question, maxOutputTokens: 5 }, { signal: controller.signal })
            .catch(() => undefined)
            .finally(() => open--);
          await clock.advance(ms);
          if (leaves) controller.abort();
        }
        await clock.advance(10_000);
        await settle();
        expect(open).toBe(0);
        expect(clock.timers).toBe(0);
        await clock.advance(20_000);
        const before = provider.attempts.length;
        const last = client.chat(question).catch(() => undefined);
        await clock.advance(1000);
        expect(provider.attempts.length).toBe(before + 1);
        await clock.advance(5000);
        await last;
      },
    ),
    { numRuns: 500 },
  );
}, 60_000);
