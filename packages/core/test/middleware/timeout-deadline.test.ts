import { createClient, listen, setDeadline, type ChainEvent } from '@inferway/core';
import { fallback, retry, timeout, type TimeoutOptions } from '@inferway/core/middleware';
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
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

function setUp(steps: readonly Step[], options: TimeoutOptions = {}) {
  const clock = virtualClock();
  const a = fakeProvider({ name: 'a', script: () => steps });
  const b = fakeProvider({ name: 'b', script: say('from b') });
  const client = createClient({
    providers: [a, b],
    middleware: [fallback('b/m'), retry({ baseMs: 100, maxMs: 100 }), timeout(options)],
    clock,
  });
  const events: ChainEvent[] = [];
  return {
    clock,
    a,
    b,
    events,
    chat: (deadlineMs?: number) =>
      client.chat(
        { model: 'a/m', messages },
        {
          state(state) {
            listen(state, (event) => events.push(event));
            if (deadlineMs !== undefined) setDeadline(state, state.startedAt + deadlineMs);
          },
        },
      ),
  };
}

describe('a deadline that neither the client nor `timeout` set', () => {
  test('ends the attempt, and nothing else is tried', async () => {
    const { chat, clock, a, b } = setUp([stall()]);
    const call = errorOf(chat(300));
    await clock.advance(299);
    expect(a.open).toBe(1);
    await clock.advance(1);
    expect(await call).toMatchObject({
      code: 'timeout',
      phase: 'total',
      retryable: false,
      fallbackable: false,
    });
    expect((await call).message).toContain('300 ms');
    expect([a.open, b.attempts.length, clock.timers]).toEqual([0, 0, 0]);
  });

  test('counts where it is earlier than the limit of `timeout`, and does not where it is later', async () => {
    for (const [deadlineMs, endsAt] of [
      [300, 300],
      [900, 500],
    ] as const) {
      const { chat, clock } = setUp([stall()], {
        totalMs: 500,
        firstEventMs: 500,
        idleBytesMs: 500,
        idleContentMs: 500,
        connectMs: 500,
      });
      const call = errorOf(chat(deadlineMs));
      await clock.advance(endsAt);
      expect((await call).phase).toBe('total');
      expect(clock.now()).toBe(endsAt);
    }
  });
});

describe('the least time of an attempt', () => {
  test('a call that has less from the beginning sends nothing', async () => {
    const { chat, a } = setUp(say('ok'), { leastMs: 500 });
    expect(await errorOf(chat(499))).toMatchObject({
      code: 'timeout',
      phase: 'total',
      sent: 'no',
      fallbackable: false,
    });
    expect(a.attempts.length).toBe(0);
    expect((await chat(500)).text).toBe('ok');
  });

  test('no retry is begun, nor waited for, that would have less; the error is what the provider said', async () => {
    const asked = fakeError('rate_limit', { retryAfterMs: 600, fallbackable: false });
    const { chat, a, clock } = setUp([fail(asked)], { leastMs: 500 });
    expect((await errorOf(chat(1000))).code).toBe('rate_limit');
    expect([a.attempts.length, clock.now(), clock.timers]).toEqual([1, 0, 0]);
  });

  test('nor is a fallback', async () => {
    const late = setUp([wait(600), fail(fakeError('server', { retryable: false }))], {
      leastMs: 500,
    });
    const call = errorOf(late.chat(1000));
    await late.clock.advance(600);
    expect((await call).code).toBe('server');
    expect(late.b.attempts.length).toBe(0);
    const early = setUp([wait(400), fail(fakeError('server', { retryable: false }))], {
      leastMs: 500,
    });
    const answered = early.chat(1000);
    await early.clock.advance(400);
    expect((await answered).text).toBe('from b');
  });

  test.each<TimeoutOptions>([
    { leastMs: 0 },
    { leastMs: -1 },
    { leastMs: Number.NaN },
    {
      leastMs: 2000,
      totalMs: 1000,
      firstEventMs: 500,
      idleBytesMs: 500,
      idleContentMs: 500,
      connectMs: 500,
    },
  ])('%j is refused when built', (options) => {
    expect(() => timeout(options)).toThrow(
      expect.objectContaining({ code: 'configuration', param: 'leastMs' }),
    );
  });
});

test('each step to another attempt is told, with its reason and its wait', async () => {
  const { chat, clock, events } = setUp([fail('overloaded')]);
  const call = chat();
  await clock.advance(1000);
  expect((await call).text).toBe('from b');
  expect(events).toEqual([
    {
      type: 'retry',
      target: 'a/m',
      reason: 'overloaded',
      attempt: 2,
      delayMs: expect.any(Number) as number,
    },
    {
      type: 'retry',
      target: 'a/m',
      reason: 'overloaded',
      attempt: 3,
      delayMs: expect.any(Number) as number,
    },
    { type: 'fallback', from: 'a/m', to: 'b/m', reason: 'overloaded' },
  ]);
});
