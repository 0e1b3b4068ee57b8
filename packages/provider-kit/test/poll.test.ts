import { InferwayError } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import { describe, expect, it } from 'vitest';
import { poll } from '../src/index.js';
import { failureOf } from './support/failure.js';

describe('poll', () => {
  it('waits first, longer each time up to the most, and gives the first answer', async () => {
    const clock = { ...virtualClock(), random: () => 0 };
    const asked: number[] = [];
    const answered = poll(
      async () => {
        asked.push(clock.now());
        return asked.length === 5 ? 'ready' : undefined;
      },
      { clock, signal: new AbortController().signal, firstMs: 100, factor: 2, mostMs: 350 },
    );
    await clock.advance(10_000);
    expect(await answered).toBe('ready');
    expect(asked).toEqual([100, 300, 650, 1000, 1350]);
  });

  it('leaves up to a quarter of each wait to chance', async () => {
    const clock = { ...virtualClock(), random: () => 0.8 };
    const asked: number[] = [];
    const answered = poll(
      async () => {
        asked.push(clock.now());
        return true;
      },
      { clock, signal: new AbortController().signal, firstMs: 100 },
    );
    await clock.advance(100);
    await answered;
    expect(asked).toEqual([80]);
  });

  it('ends with the reason of its signal, in the middle of a wait', async () => {
    const clock = virtualClock();
    const leaving = new AbortController();
    let asked = 0;
    const failed = failureOf(
      poll(async () => void asked++, { clock, signal: leaving.signal, firstMs: 100 }),
    );
    await clock.advance(150);
    leaving.abort(new InferwayError('aborted', { message: 'left' }));
    expect((await failed).message).toBe('left');
    await clock.advance(10_000);
    expect(asked).toBe(1);
  });
});
