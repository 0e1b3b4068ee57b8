import { createClient, InferwayError } from '@inferway/core';
import { circuitBreaker } from '@inferway/core/resilience';
import { memoryHealth, type HealthStore } from '@inferway/core/stores';
import {
  fail,
  fakeProvider,
  say,
  virtualClock,
  wait,
  type VirtualClock,
} from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const messages = [{ role: 'user', content: 'hi' }] as const;

type Illness = 'well' | 'slow' | 'throws' | 'hangs' | 'empty' | 'says open' | 'gives no place';

/** A store that is well or ill as it was told last. */
function moody(clock: VirtualClock, mood: () => Illness): HealthStore {
  const store = memoryHealth({ clock });
  const run = <T>(work: () => T | Promise<T>): T | Promise<T> => {
    switch (mood()) {
      case 'throws':
        throw new Error('down');
      case 'hangs':
        return new Promise<T>(() => {});
      case 'slow':
        return new Promise((resolve) => {
          clock.setTimer(() => resolve(work()), 30);
        });
      default:
        return work();
    }
  };
  return {
    mark: (...given) => run(() => store.mark(...given)),
    clear: (...given) => run(() => store.clear(...given)),
    read: (keys) =>
      run(() => {
        if (mood() === 'empty') return keys.map(() => undefined);
        if (mood() === 'says open') return keys.map((key) => ({ key, leftMs: 1e9, reason: 'lie' }));
        return store.read(keys);
      }),
    claim: (...given) => run(() => (mood() === 'gives no place' ? false : store.claim(...given))),
  };
}

const illness = fc.constantFrom<Illness>(
  'well',
  'slow',
  'throws',
  'hangs',
  'empty',
  'says open',
  'gives no place',
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ call: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ pass: fc.constantFrom(10, 200, 1000, 5000) }) },
  { weight: 2, arbitrary: fc.record({ down: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      mood: illness,
    }),
  },
);

test('whatever the provider and the store do, no call hangs, and once the provider is well every process gets through again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      illness,
      fc.integer({ min: 1, max: 3 }),
      async (steps, last, probes) => {
        const clock = virtualClock();
        let down = false;
        let mood: Illness = 'well';
        const store = moody(clock, () => mood);
        const chats = [0, 1, 2].map(() => {
          const provider = fakeProvider({
            script: () => (down ? [wait(5), fail('server')] : [wait(5), ...say('ok')]),
          });
          const breaker = circuitBreaker({
            health: store,
            openMs: 1000,
            maxOpenMs: 8000,
            probeMs: 2000,
            probes,
          });
          const client = createClient({ providers: [provider], middleware: [breaker], clock });
          return () => client.chat({ model: 'fake/m', messages });
        });
        const call = async (index: number): Promise<boolean> => {
          let outcome: boolean | undefined;
          const running = chats[index]?.().then(
            () => (outcome = true),
            (reason: unknown) => {
              const error = InferwayError.from(reason);
              expect(['server', 'overloaded']).toContain(error.code);
              if (error.sent === 'no') expect(error.retryAfterMs).toBeGreaterThan(0);
              outcome = false;
            },
          );
          // Its own five milliseconds, and what a probe may wait for the store.
          await clock.advance(56);
          expect(outcome).toBeDefined();
          await running;
          return outcome === true;
        };
        for (const next of steps) {
          if ('call' in next) await call(next.call);
          else if ('pass' in next) await clock.advance(next.pass);
          else if ('down' in next) down = next.down;
          else mood = next.mood;
        }
        down = false;
        mood = last;
        // The longest open time, once as believed of others and once as seen, the probes' time, and rests of the store.
        for (let ms = 0; ms < 40_000; ms += 500) {
          for (const index of [0, 1, 2]) await call(index);
          await clock.advance(500);
        }
        for (const index of [0, 1, 2])
          for (let i = 0; i < 3; i++) expect(await call(index)).toBe(true);
        await clock.advance(100);
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
