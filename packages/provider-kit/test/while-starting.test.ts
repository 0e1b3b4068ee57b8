import { InferwayError, setDeadline, State, type Call } from '@inferway/core';
import { virtualClock, type VirtualClock } from '@inferway/core/testing';
import { describe, expect, it } from 'vitest';
import { whileStarting, type StartingSettings } from '../src/index.js';
import { failureOf } from './support/failure.js';

const starting = (retryAfterMs?: number): InferwayError =>
  new InferwayError('overloaded', {
    message: 'starting',
    status: 503,
    provider: 'acme',
    requestId: 'r1',
    retryAfterMs,
  });

/** A server that starts for so many requests, and when it was asked. */
function scene(refusals: number, settings: Partial<StartingSettings> = {}, retryAfterMs?: number) {
  const clock: VirtualClock = { ...virtualClock(), random: () => 0 };
  const leaving = new AbortController();
  const state = new State({ clock, traits: () => undefined });
  const asked: number[] = [];
  const told: number[] = [];
  const progress = { starting: (ms: number) => void told.push(ms) };
  const run = (): Promise<string> =>
    whileStarting(
      { signal: leaving.signal, state, progress } as unknown as Call,
      async () => {
        asked.push(clock.now());
        if (asked.length > refusals) return 'ready';
        throw starting(retryAfterMs);
      },
      { isStarting: ({ status }) => status === 503, maxMs: 60_000, ...settings },
    );
  return { clock, leaving, state, asked, told, run };
}

describe('whileStarting', () => {
  it('asks again, later each time up to the most', async () => {
    const { clock, asked, run } = scene(5, { firstMs: 1000, mostMs: 3000 });
    const answered = run();
    await clock.advance(60_000);
    expect(await answered).toBe('ready');
    expect(asked).toEqual([0, 1000, 2500, 4750, 7750, 10_750]);
  });

  it('tells the timers of the call how long the start may still take', async () => {
    const { clock, told, run } = scene(2, { firstMs: 1000, mostMs: 3000 });
    void run();
    await clock.advance(60_000);
    expect(told).toEqual([60_000, 59_000]);
    const holding = scene(0, { holds: true });
    await holding.run();
    expect(holding.told).toEqual([60_000]);
  });

  it('waits as long as it is told to, by header or by estimate', async () => {
    const told = scene(1, {}, 7000);
    const answered = told.run();
    await told.clock.advance(60_000);
    await answered;
    expect(told.asked).toEqual([0, 7000]);
    const guessed = scene(1, { estimateMs: () => 4000 });
    const also = guessed.run();
    await guessed.clock.advance(60_000);
    await also;
    expect(guessed.asked).toEqual([0, 4000]);
  });

  it('is not made to ask without a wait', async () => {
    for (const told of [0, Number.NaN, -5]) {
      const { clock, asked, run } = scene(3, {}, told);
      const answered = run();
      await clock.advance(60_000);
      expect(await answered).toBe('ready');
      for (const [index, at] of asked.entries()) {
        if (index > 0) expect(at - (asked[index - 1] as number)).toBeGreaterThanOrEqual(100);
      }
    }
  });

  it('ends by its time and by its tries, naming both, with what is known of the last refusal', async () => {
    const late = scene(99, { maxMs: 10_000, firstMs: 4000 });
    const failed = failureOf(late.run());
    await late.clock.advance(60_000);
    const error = await failed;
    expect(error).toMatchObject({
      code: 'overloaded',
      retryable: false,
      fallbackable: true,
      status: 503,
      provider: 'acme',
      requestId: 'r1',
    });
    expect(error.message).toBe('It was still starting after 10.0 s and 3 requests. Last: starting');
    const few = scene(99, { tries: 3 });
    const tired = failureOf(few.run());
    await few.clock.advance(60_000);
    expect((await tired).message).toContain('3 requests');
    expect(few.asked).toHaveLength(3);
  });

  it('tells what who gives up has to say', async () => {
    const { clock, run } = scene(9, { maxMs: 500, giveUp: async () => 'It is paused.' });
    const failed = failureOf(run());
    await clock.advance(1000);
    expect((await failed).message).toBe('It is paused. Last: starting');
  });

  it('does not begin a wait that outlasts the call', async () => {
    const { clock, state, asked, run } = scene(9, { firstMs: 2000 });
    setDeadline(state, 3000);
    const failed = failureOf(run());
    await clock.advance(60_000);
    expect((await failed).code).toBe('overloaded');
    expect(asked).toEqual([0, 2000]);
  });

  it('ends in the middle of a wait when the caller leaves', async () => {
    const { clock, leaving, asked, run } = scene(9);
    const failed = failureOf(run());
    await clock.advance(500);
    leaving.abort(new InferwayError('aborted', { message: 'left' }));
    expect((await failed).message).toBe('left');
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });

  it('throws anything else at once, and everything where no wait is wanted', async () => {
    const other = scene(9, { isStarting: () => false });
    expect((await failureOf(other.run())).message).toBe('starting');
    const never = scene(9, { maxMs: 0 });
    expect(await failureOf(never.run())).toMatchObject({ message: 'starting', retryable: true });
    expect(never.asked).toHaveLength(1);
  });
});
