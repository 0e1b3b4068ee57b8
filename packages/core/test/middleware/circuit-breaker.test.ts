import type { ErrorCode, InferwayError } from '@inferway/core';
import { circuitBreaker, type CircuitBreakerOptions } from '@inferway/core/resilience';
import { memoryHealth } from '@inferway/core/stores';
import { fakeError, say, settle, stall } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { setUp } from './breaker-set-up.js';

describe('when it opens', () => {
  test('at the fifth failure, and says for how long', async () => {
    const { failing, chat, made, events } = setUp();
    await failing(5);
    const error = await errorOf(chat());
    expect(error).toMatchObject({
      code: 'overloaded',
      retryable: false,
      fallbackable: true,
      retryAfterMs: 10_000,
      sent: 'no',
      httpStatus: 503,
      provider: 'fake',
      model: 'm',
    });
    expect(error.message).toContain('fake/m');
    expect(made()).toBe(5);
    expect(events).toEqual([
      {
        type: 'breaker',
        state: 'open',
        target: 'fake/m',
        key: 'fake/m|default',
        reason: 'overloaded',
        openMs: 10_000,
      },
      { type: 'breaker-refused', target: 'fake/m', state: 'open', retryAfterMs: 10_000 },
    ]);
  });

  test('not before so many calls, nor below the share', async () => {
    const few = setUp();
    await few.failing(4);
    expect(await few.passes()).toBe(true);

    const mixed = setUp();
    await mixed.answering(6);
    await mixed.failing(5);
    expect(await mixed.passes()).toBe(true);
    // The twelfth was the sixth failure of twelve.
    expect(await mixed.passes()).toBe(false);
  });

  test('over the last calls only', async () => {
    const { answering, failing, passes } = setUp({ windowCalls: 10, minCalls: 10 });
    await answering(100);
    await failing(4);
    expect(await passes()).toBe(true);
    expect(await passes()).toBe(false);
  });

  test('idle time alone never tips it: what is old does not count', async () => {
    const { failing, passes, clock } = setUp();
    await failing(4);
    await clock.advance(600_000);
    await failing(1);
    expect(await passes()).toBe(true);
    await clock.advance(59_999);
    await failing(2);
    // The call of `passes` and the one before it have just gone out of the window; the next failures count anew.
    await clock.advance(1);
    await failing(2);
    expect(await passes()).toBe(true);
  });

  test('for each provider and model apart, or by a key of one’s own', async () => {
    const apart = setUp();
    await apart.failing(5);
    apart.does(...say('ok'));
    expect((await apart.chat('fake/other')).text).toBe('ok');

    const together = setUp({ key: (call) => call.model.provider });
    await together.failing(5);
    expect((await errorOf(together.chat('fake/other'))).retryAfterMs).toBe(10_000);
  });
});

describe('what counts', () => {
  const at = (code: ErrorCode, details: object): InferwayError => fakeError(code, details);
  test.each<[string, ErrorCode | InferwayError, boolean]>([
    ['overloaded (503, 529)', 'overloaded', true],
    ['server (500, 502)', 'server', true],
    ['408', at('timeout', { status: 408 }), true],
    ['504 that is not to be tried again', at('timeout', { status: 504, retryable: false }), true],
    ['no connection in time', at('timeout', { phase: 'connect', sent: 'no' }), true],
    ['no first event in time', at('timeout', { phase: 'first-event' }), true],
    ['never sent', at('connection', { sent: 'no' }), true],
    ['maybe executed', at('connection', { sent: 'maybe' }), true],
    ['protocol', 'protocol', true],
    ['an empty answer', 'empty_response', true],
    ['a broken stream', 'stream_interrupted', true],
    ['503 with x-should-retry: false', at('overloaded', { retryable: false, status: 503 }), true],
    ['409', at('conflict', { status: 409 }), false],
    ['425', at('conflict', { status: 425 }), false],
    ['429', at('rate_limit', { status: 429 }), false],
    ['402', 'billing', false],
    ['401', 'authentication', false],
    ['403', 'permission', false],
    ['404', 'not_found', false],
    ['400', 'invalid_request', false],
    ['413', 'too_large', false],
    ['501, 505', 'unsupported', false],
    ['a full context window', 'context_length', false],
    ['a content filter', 'content_filter', false],
    ['a tool call that does not parse', 'tool_use_failed', false],
    ['ENOTFOUND, a refused certificate', at('connection', { retryable: false, sent: 'no' }), false],
    ['a redirect', at('protocol', { retryable: false }), false],
    ['a status of 3xx', at('server', { status: 307 }), false],
    ['the deadline of the call', at('timeout', { phase: 'total', retryable: false }), false],
    ['the caller’s own time-out', at('timeout', { retryable: false }), false],
    ['a budget', 'budget', false],
    ['a refusal further in', at('overloaded', { sent: 'no', retryable: false }), false],
    ['a wrong set-up', 'configuration', false],
    ['a defect of ours', 'internal', false],
  ])('%s', async (_, error, counts) => {
    const { failing, made } = setUp();
    await failing(8, error);
    expect(made()).toBe(counts ? 5 : 8);
  });

  test('a rule of one’s own decides', async () => {
    const { failing, made } = setUp({ counts: (error) => error.code === 'not_found' });
    await failing(6, 'overloaded');
    await failing(6, 'not_found');
    expect(made()).toBe(6 + 5);
  });

  test('callers who leave never do, however late', async () => {
    const { chat, does, made } = setUp();
    does(stall());
    for (let i = 0; i < 8; i++) {
      const controller = new AbortController();
      const call = errorOf(chat('fake/m', { signal: controller.signal }));
      await settle();
      controller.abort();
      expect((await call).code).toBe('aborted');
    }
    expect(made()).toBe(8);
  });

  test('nor does the deadline of the call', async () => {
    const { chat, does, made, clock } = setUp();
    does(stall());
    for (let i = 0; i < 8; i++) {
      const call = errorOf(chat('fake/m', { timeoutMs: 100 }));
      await clock.advance(100);
      expect((await call).code).toBe('timeout');
    }
    expect(made()).toBe(8);
  });
});

test('what is kept of targets is bounded, and an open one outlives those that are well', async () => {
  const { failing, chat, does } = setUp({ maxTargets: 3 });
  await failing(5);
  does(...say('ok'));
  for (let i = 0; i < 20; i++) await chat(`fake/${i}`);
  expect((await errorOf(chat())).retryAfterMs).toBe(10_000);
});

test('targets that are called in turn are judged each for itself, also where none of them is the last one asked', async () => {
  const { failing, chat, does, passes } = setUp();
  for (let i = 0; i < 5; i++) {
    await failing(1);
    does(...say('ok'));
    expect((await chat('fake/good')).text).toBe('ok');
  }
  expect(await passes()).toBe(false);
  expect((await chat('fake/good')).text).toBe('ok');
});

describe('options that cannot work are refused when built', () => {
  test.each<[string, CircuitBreakerOptions]>([
    ['windowCalls', { windowCalls: 0 }],
    ['windowCalls', { windowCalls: 1e9 }],
    ['windowMs', { windowMs: -1 }],
    ['minCalls', { minCalls: 0 }],
    ['minCalls', { minCalls: 21 }],
    ['minCalls', { minCalls: 5, windowCalls: 4 }],
    ['failureShare', { failureShare: 0 }],
    ['failureShare', { failureShare: 1.01 }],
    ['failureShare', { failureShare: Number.NaN }],
    ['openMs', { openMs: 0 }],
    ['openMs', { openMs: 2000, maxOpenMs: 1000 }],
    ['maxOpenMs', { maxOpenMs: Number.POSITIVE_INFINITY }],
    ['probes', { probes: 0 }],
    ['probes', { probes: 4 }],
    ['probes', { probes: 1.5 }],
    ['probeMs', { probeMs: -5 }],
    ['slowFirstMs', { slowFirstMs: 0 }],
    ['maxTargets', { maxTargets: 0 }],
    ['refreshMs', { refreshMs: 0 }],
    ['storeTimeoutMs', { storeTimeoutMs: Number.NaN }],
    ['health', { health: { health: memoryHealth() } as never }],
  ])('%s: %j', (param, options) => {
    expect(() => circuitBreaker(options)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        param,
        message: expect.stringContaining(param),
      }),
    );
  });

  test('one figure alone never contradicts a default', () => {
    for (const options of [{ windowCalls: 3 }, { maxOpenMs: 100 }, { openMs: 3_600_000 }]) {
      expect(() => circuitBreaker(options)).not.toThrow();
    }
  });
});
