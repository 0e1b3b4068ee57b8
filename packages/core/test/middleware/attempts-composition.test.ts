import { createClient, InferwayError, type ErrorCode, type Middleware } from '@inferway/core';
import { auth, fallback, pool, retry, timeout } from '@inferway/core/middleware';
import {
  fail,
  fakeError,
  fakeProvider,
  say,
  stall,
  virtualClock,
  type Step,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const names = ['a', 'b', 'c', 'd'] as const;

/** What a provider does at one attempt. */
const behaviour = fc.oneof(
  { weight: 2, arbitrary: fc.constant('answer' as const) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<ErrorCode>(
      'overloaded',
      'server',
      'rate_limit',
      'authentication',
      'billing',
      'permission',
      'connection',
      'invalid_request',
      'timeout',
    ),
  },
  { weight: 1, arbitrary: fc.constant('never sent' as const) },
  { weight: 1, arbitrary: fc.constant('stall' as const) },
  { weight: 2, arbitrary: fc.constant('break before content' as const) },
  { weight: 1, arbitrary: fc.constant('break after content' as const) },
);
type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never;

function stepsOf(what: Behaviour): readonly Step[] {
  switch (what) {
    case 'answer':
      return say('an answer');
    case 'never sent':
      return [fail(fakeError('connection', { sent: 'no' }))];
    case 'stall':
      return [stall()];
    case 'break before content':
      return [...say('x').slice(0, 3), fail('stream_interrupted')];
    case 'break after content':
      return [...say('x y').slice(0, 4), fail('stream_interrupted')];
    default:
      return [fail(what)];
  }
}

const layer: fc.Arbitrary<() => Middleware> = fc.oneof(
  fc
    .integer({ min: 1, max: 6 })
    .map((attempts) => () => retry({ attempts, baseMs: 10, maxMs: 100 })),
  fc
    .array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })
    .map((targets) => () => fallback(...targets.map((name) => `${name}/m`))),
  fc
    .integer({ min: 1, max: 4 })
    .map((keys) => () => auth(pool(Array.from({ length: keys }, (_, i) => `key-${i}`)))),
  fc.constant(() => timeout({ firstEventMs: 1000 })),
);

test('in any composition a call makes no more attempts than it may, ends, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(layer, { maxLength: 6 }),
      fc.array(behaviour, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      async (layers, behaviours, attempts, stream) => {
        const clock = virtualClock();
        let made = 0;
        const did: Behaviour[] = [];
        const providers = names.map((name) =>
          fakeProvider({
            name,
            script: () => {
              const what = behaviours[made++ % behaviours.length] ?? 'answer';
              did.push(what);
              return stepsOf(what);
            },
          }),
        );
        const client = createClient({
          providers,
          clock,
          attempts,
          middleware: layers.map((make) => make()),
        });
        const work = async (): Promise<string> => {
          const input = { model: 'a/m', messages: [] } as const;
          const options = { timeoutMs: 60_000 };
          if (!stream) return (await client.chat(input, options)).text;
          return (await (await client.chat.stream(input, options)).result).text;
        };
        let outcome: string | InferwayError | undefined;
        work().then(
          (text) => (outcome = text),
          (reason: unknown) => (outcome = InferwayError.from(reason)),
        );
        await clock.advance(120_000);

        // It came to an end.
        expect(outcome).toBeDefined();
        expect(InferwayError.is(outcome) || outcome === 'an answer').toBe(true);
        if (InferwayError.is(outcome)) expect(outcome.code).not.toBe('internal');
        // One transparent retry at most is beyond the limit.
        const neverSent = did.includes('never sent') ? 1 : 0;
        expect(made).toBeLessThanOrEqual(attempts + neverSent);
        expect(made).toBeGreaterThanOrEqual(1);
        // After content nothing was tried again, and nothing after an answer.
        if (stream) expect(did.slice(0, -1)).not.toContain('break after content');
        expect(did.slice(0, -1)).not.toContain('answer');
        // Every attempt was written down, once.
        if (InferwayError.is(outcome))
          expect(outcome.attempts?.map(({ number }) => number)).toEqual(did.map((_, i) => i + 1));
        // Nothing is left.
        expect(clock.timers).toBe(0);
        expect(providers.reduce((sum, { open }) => sum + open, 0)).toBe(0);
      },
    ),
    { numRuns: 1500 },
  );
});
