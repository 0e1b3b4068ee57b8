import { fastest, memorySpeeds } from '@inferway/core/routing';
import { fail, fakeError, say, wait, type Script } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setUp } from './set-up.js';

describe('memory of speeds', () => {
  test('follows a switch in speed within a few half-lives, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 10, max: 60_000 }),
        (before, after, halfLifeMs) => {
          const speeds = memorySpeeds({ halfLifeMs });
          const step = halfLifeMs / 10;
          let now = 0;
          for (let sample = 0; sample < 200; sample++) {
            speeds.record('chat a/x', { durationMs: before, failed: false }, (now += step));
          }
          expect(speeds.read('chat a/x', now)?.durationMs).toBeCloseTo(before, 6);
          let last = Math.abs(before - after);
          for (let sample = 1; sample <= 70; sample++) {
            speeds.record('chat a/x', { durationMs: after, failed: false }, (now += step));
            const off = Math.abs((speeds.read('chat a/x', now)?.durationMs ?? 0) - after);
            // Never further away again, and what is left of the old halves with each half-life.
            expect(off).toBeLessThanOrEqual(last + 1e-9);
            expect(off).toBeLessThanOrEqual(Math.abs(before - after) * 2 ** (-sample / 10) + 1e-6);
            last = off;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('is the mean of samples that come at once, and of the last one after a long time', () => {
    const speeds = memorySpeeds({ halfLifeMs: 1000 });
    for (const durationMs of [100, 200, 600]) speeds.record('k', { durationMs, failed: false }, 5);
    expect(speeds.read('k', 5)?.durationMs).toBe(300);
    speeds.record('k', { ttftMs: 7, failed: false }, 100_005);
    // Of the other figure nothing is left that would mean anything.
    expect(speeds.read('k', 100_005)).toEqual({ ttftMs: 7, failing: 0, ageMs: 0 });
    expect(speeds.read('k', 100_105)?.ageMs).toBe(100);
    expect(speeds.read('nothing', 0)).toBeUndefined();
  });

  test('takes no figure that is none, counts failures, and goes on when a clock does not', () => {
    const speeds = memorySpeeds({ halfLifeMs: 1000 });
    speeds.record(
      'k',
      { durationMs: Number.NaN, ttftMs: Number.POSITIVE_INFINITY, failed: false },
      10,
    );
    speeds.record('k', { failed: true }, 5);
    expect(speeds.read('k', 0)).toEqual({ failing: 0.5, ageMs: 0 });
  });

  test('forgets what was not used for the longest', () => {
    const speeds = memorySpeeds({ maxTargets: 2 });
    for (const key of ['a', 'b', 'a', 'c']) speeds.record(key, { durationMs: 1, failed: false }, 0);
    expect(['a', 'b', 'c'].map((key) => speeds.read(key, 0) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('a router measures', () => {
  const slow: Script = [wait(200), ...say('one two three four five')];

  test('streams: to the first content and by the token, without the time that a reader takes', async () => {
    const speeds = memorySpeeds();
    const paced = say('one two three').flatMap((step) =>
      step.do === 'emit' && 'type' in (step.events[0] ?? {}) ? [wait(10), step] : [step],
    );
    const { clock, stream } = setUp({
      scripts: { a: [wait(100), ...paced] },
      router: { routes: { fast: { targets: ['a/x'] } }, speeds },
    });
    const readAfter = async (ms: number): Promise<void> => {
      const opening = stream('route/fast');
      await clock.advance(ms);
      const { text } = await opening;
      const reading = (async () => text)();
      await clock.advance(1000);
      await reading;
    };
    await readAfter(1000);
    const streamed = speeds.read('chat a/x', clock.now());
    expect(streamed?.ttftMs).toBe(130);
    expect(streamed?.durationMs).toBeUndefined();
    // The reader came late, and was slower than the provider: no figure of it.
    expect(streamed?.msPerToken).toBeUndefined();
    await readAfter(130);
    // Three tokens: two to come after the first, and what closes the answer, 10 ms each.
    expect(speeds.read('chat a/x', clock.now())).toMatchObject({ ttftMs: 130, msPerToken: 20 });
  });

  test('unary calls whole, and failures that are the target’s own, by operation and target', async () => {
    const speeds = memorySpeeds();
    let next: Script = slow;
    const { clock, chat } = setUp({
      scripts: { a: (call, attempt) => (typeof next === 'function' ? next(call, attempt) : next) },
      router: { routes: { fast: { targets: ['a/x'] } }, speeds },
    });
    const running = chat('route/fast');
    await clock.advance(200);
    await running;
    expect(speeds.read('chat a/x', clock.now())).toEqual({
      durationMs: 200,
      durationMsPerToken: 40,
      failing: 0,
      ageMs: 0,
    });
    expect(speeds.read('embed a/x', clock.now())).toBeUndefined();
    for (const code of [
      'content_filter',
      'invalid_request',
      'authentication',
      'not_found',
    ] as const) {
      next = [fail(code)];
      await chat('route/fast').catch(() => undefined);
    }
    expect(speeds.read('chat a/x', clock.now())?.failing).toBe(0);
    next = [fail(fakeError('overloaded'))];
    await chat('route/fast').catch(() => undefined);
    expect(speeds.read('chat a/x', clock.now())).toMatchObject({ durationMs: 200, failing: 0.5 });
  });

  test('and the fastest policy follows a target that becomes slow, and finds it again', async () => {
    let aMs = 10;
    const { clock, chat, asked } = setUp({
      scripts: { a: () => [wait(aMs), ...say('a')], b: () => [wait(100), ...say('b')] },
      router: {
        speeds: memorySpeeds({ halfLifeMs: 5000 }),
        routes: {
          fast: { targets: ['a/x', 'b/y'], policy: fastest({ explore: 0.2, staleMs: 20_000 }) },
        },
      },
      seed: 5,
    });
    const share = async (calls: number): Promise<number> => {
      const before = asked().length;
      for (let call = 0; call < calls; call++) {
        const running = chat('route/fast');
        await clock.advance(1000);
        await running;
      }
      const made = asked().slice(before);
      return made.filter((name) => name === 'a/x').length / made.length;
    };
    await share(40);
    expect(await share(50)).toBeGreaterThan(0.7);
    aMs = 900;
    await share(20);
    expect(await share(100)).toBeLessThan(0.3);
    aMs = 10;
    await share(300);
    expect(await share(100)).toBeGreaterThan(0.7);
  });
});
