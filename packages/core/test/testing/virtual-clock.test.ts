import { seededRandom, settle, virtualClock } from '@inferway/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('runs timers in the order of their time, then of their setting, with promises between them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 }),
      async (delays) => {
        const clock = virtualClock();
        const ran: number[] = [];
        delays.forEach((delay, index) => {
          clock.setTimer(() => {
            void Promise.resolve().then(() => {
              expect(clock.now()).toBe(delay);
              ran.push(index);
            });
          }, delay);
        });
        await clock.advance(20);
        const expected = delays
          .map((delay, index) => ({ delay, index }))
          .toSorted((a, b) => a.delay - b.delay || a.index - b.index)
          .map(({ index }) => index);
        expect(ran).toEqual(expected);
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});

test('a timer that a timer sets runs in the same advance if it is due', async () => {
  const clock = virtualClock();
  const ran: number[] = [];
  clock.setTimer(() => clock.setTimer(() => ran.push(clock.now()), 5), 5);
  await clock.advance(9);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual([10]);
});

test('a timer that was cleared does not run', async () => {
  const clock = virtualClock();
  const timer = clock.setTimer(() => expect.unreachable(), 5);
  clock.clearTimer(timer);
  clock.clearTimer(timer);
  clock.clearTimer(undefined);
  await clock.advance(10);
});

test('wall time goes with it from where it was set', async () => {
  const clock = virtualClock({ wallTime: 1_000_000 });
  await clock.advance(5);
  expect([clock.now(), clock.wallTime()]).toEqual([5, 1_000_005]);
});

test('a timer of NaN is an error, and a negative one is due at once', async () => {
  const clock = virtualClock();
  expect(() => clock.setTimer(() => {}, Number.NaN)).toThrow(RangeError);
  let ran = false;
  clock.setTimer(() => (ran = true), -5);
  await clock.advance(0);
  expect(ran).toBe(true);
  expect(clock.now()).toBe(0);
});

test('random numbers are the same for the same seed, spread over 0 to 1', () => {
  const numbers = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, random);
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  const all = numbers(3);
  expect(all.every((number) => number >= 0 && number < 1)).toBe(true);
  const mean = all.reduce((sum, number) => sum + number, 0) / all.length;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
});

test('settle lets a long chain of promises run to its end', async () => {
  let count = 0;
  void (async () => {
    for (; count < 1000; count++) await undefined;
  })();
  await settle();
  expect(count).toBe(1000);
});
