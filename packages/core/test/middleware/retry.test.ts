import {
  attemptBudget,
  createClient,
  type InferwayError,
  type CallOptions,
  type ErrorCode,
  type ChatResult,
} from '@inferway/core';
import { retry, type RetryOptions } from '@inferway/core/middleware';
import {
  fail,
  fakeError,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

function setUp(script: Script, options: RetryOptions = {}, attempts?: number) {
  const clock = virtualClock();
  const provider = fakeProvider({ script });
  const client = createClient({
    providers: [provider],
    middleware: [retry(options)],
    clock,
    attempts,
  });
  return {
    clock,
    provider,
    chat: (call?: CallOptions) => client.chat({ model: 'fake/m', messages }, call),
    stream: (call?: CallOptions) => client.chat.stream({ model: 'fake/m', messages }, call),
    times: () => provider.attempts.map(({ at }) => at),
  };
}

/** Fails `times` times, then answers. */
const failing =
  (times: number, error: ErrorCode | InferwayError): Script =>
  (_call, attempt) =>
    attempt <= times ? [fail(error)] : say('at last');

describe('what is tried again', () => {
  test('a failure that may pass is, and the answer knows all attempts', async () => {
    const { clock, chat } = setUp(failing(2, 'overloaded'));
    const call = chat();
    await clock.advance(10_000);
    const answer = await call;
    expect(answer.text).toBe('at last');
    expect(answer.meta.attempts).toMatchObject([
      { number: 1, error: 'overloaded' },
      { number: 2, error: 'overloaded' },
      { number: 3 },
    ]);
    expect(clock.timers).toBe(0);
  });

  test('a failure that will not pass is not', async () => {
    for (const code of [
      'invalid_request',
      'authentication',
      'billing',
      'permission',
      'not_found',
      'content_filter',
      'too_large',
      'budget',
      'configuration',
    ] as const) {
      const { chat, provider } = setUp(failing(9, code));
      expect((await errorOf(chat())).code).toBe(code);
      expect(provider.attempts.length).toBe(1);
    }
  });

  test('x-should-retry decides, through the error that the classifier made of it', async () => {
    const no = setUp(failing(9, fakeError('overloaded', { retryable: false })));
    await errorOf(no.chat());
    expect(no.provider.attempts.length).toBe(1);
    const yes = setUp(failing(1, fakeError('invalid_request', { retryable: true })));
    const call = yes.chat();
    await yes.clock.advance(10_000);
    expect((await call).text).toBe('at last');
  });

  test('a rule of one’s own decides, but a call that was cancelled is never tried again', async () => {
    const rule = { on: (error: InferwayError) => error.code === 'not_found' };
    const found = setUp(failing(1, 'not_found'), rule);
    const call = found.chat();
    await found.clock.advance(10_000);
    expect((await call).text).toBe('at last');
    const other = setUp(failing(1, 'overloaded'), rule);
    expect((await errorOf(other.chat())).code).toBe('overloaded');

    const stalled = setUp([stall()], { on: () => true });
    const { controller, signal } = countingSignal();
    const cancelled = errorOf(stalled.chat({ signal }));
    await settle();
    controller.abort();
    expect((await cancelled).code).toBe('aborted');
    expect(stalled.provider.attempts.length).toBe(1);
  });

  test('a stream that fails before its first content is, and its preamble is shown once', async () => {
    const { clock, stream, provider } = setUp((_call, attempt) =>
      attempt === 1 ? [...say('x').slice(0, 3), fail('overloaded')] : say('at last'),
    );
    const opening = stream();
    await clock.advance(10_000);
    const types: string[] = [];
    for await (const event of await opening) types.push(event.type);
    expect(types).toEqual([
      'start',
      'part-start',
      'text-delta',
      'text-delta',
      'part-end',
      'finish',
      'end',
    ]);
    expect(provider.attempts.map(({ closed }) => closed)).toEqual([true, true]);
  });

  test('a stream that fails after its first content is not: the error holds the text so far', async () => {
    const { clock, stream, provider } = setUp([
      ...say('so far').slice(0, 4),
      fail('stream_interrupted'),
    ]);
    const opened = await stream();
    const reading = errorOf(opened.text as unknown as Promise<string>);
    await clock.advance(100_000);
    const error = await reading;
    expect(error.code).toBe('stream_interrupted');
    expect((error.partial as ChatResult).message.content).toMatchObject([{ text: 'so ' }]);
    expect(provider.attempts.length).toBe(1);
  });
});

describe('how long it waits', () => {
  test('a random part of a bound that doubles', async () => {
    const { clock, chat, times } = setUp(
      failing(99, 'server'),
      { attempts: 6, baseMs: 1000, maxMs: 4000 },
      6,
    );
    const call = errorOf(chat());
    await clock.advance(60_000);
    await call;
    const at = times();
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(waits.length).toBe(5);
    [1000, 2000, 4000, 4000, 4000].forEach((bound, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(0);
      expect(waits[index]).toBeLessThan(bound);
    });
    expect(new Set(waits).size).toBe(5);
  });

  test('retry-after 2 s is one wait of at least that (F44)', async () => {
    const { clock, chat, times } = setUp(
      failing(1, fakeError('rate_limit', { retryAfterMs: 2000 })),
    );
    const call = chat();
    await clock.advance(1999);
    expect(times().length).toBe(1);
    await clock.advance(10);
    await call;
    expect(times()).toEqual([0, 2000]);
  });

  test('retry-after 0 does not spin (F45)', async () => {
    const { clock, chat, times } = setUp(failing(99, fakeError('rate_limit', { retryAfterMs: 0 })));
    const call = errorOf(chat());
    await clock.advance(60_000);
    await call;
    for (const [index, time] of times().entries()) {
      if (index > 0) expect(time - (times()[index - 1] ?? 0)).toBeGreaterThanOrEqual(100);
    }
  });

  test('retry-after of three days fails at once and says so (F46)', async () => {
    const { chat, provider } = setUp(
      failing(1, fakeError('rate_limit', { retryAfterMs: 259_200_000 })),
    );
    expect((await errorOf(chat())).retryAfterMs).toBe(259_200_000);
    expect(provider.attempts.length).toBe(1);
  });

  test('a wait of exactly the cap is waited', async () => {
    const { clock, chat } = setUp(failing(1, fakeError('rate_limit', { retryAfterMs: 1000 })), {
      retryAfterCapMs: 1000,
    });
    const call = chat();
    await clock.advance(1000);
    expect((await call).text).toBe('at last');
  });

  test('retry-after beyond the deadline fails at once', async () => {
    const { chat, provider, clock } = setUp(
      failing(1, fakeError('rate_limit', { retryAfterMs: 5000 })),
    );
    const error = await errorOf(chat({ timeoutMs: 4000 }));
    expect(error).toMatchObject({ code: 'rate_limit', retryAfterMs: 5000 });
    expect(provider.attempts.length).toBe(1);
    expect(clock.timers).toBe(0);
  });

  test.each([Number.NaN, -1, 2 ** 31])(
    'retry-after of %d is no wait: the own backoff counts (F47)',
    async (retryAfterMs) => {
      const { clock, chat, times } = setUp(failing(1, fakeError('rate_limit', { retryAfterMs })));
      const call = chat();
      await clock.advance(500);
      await call;
      expect(times()[1]).toBeLessThan(500);
    },
  );

  test('a wait that would end after the deadline is not begun', async () => {
    const { chat, clock, provider } = setUp([wait(995), fail('server')], {
      baseMs: 1000,
      maxMs: 1000,
    });
    const call = errorOf(chat({ timeoutMs: 1000 }));
    await clock.advance(995);
    expect((await call).code).toBe('server');
    expect(provider.attempts.length).toBe(1);
  });

  test('an abort during the wait rejects at once and nothing more is sent (F38)', async () => {
    const { chat, provider, clock } = setUp(
      failing(9, fakeError('rate_limit', { retryAfterMs: 5000 })),
    );
    const { controller, signal, count } = countingSignal();
    const call = errorOf(chat({ signal }));
    await clock.advance(100);
    controller.abort();
    expect((await call).code).toBe('aborted');
    await clock.advance(60_000);
    expect(provider.attempts.length).toBe(1);
    expect(clock.timers).toBe(0);
    expect(count()).toBe(0);
  });
});

describe('how often', () => {
  test('three times on one target by default', async () => {
    const { clock, chat, provider } = setUp(failing(99, 'server'));
    const call = errorOf(chat());
    await clock.advance(600_000);
    expect((await call).attempts?.length).toBe(3);
    expect(provider.attempts.length).toBe(3);
  });

  test('never more than the call may make in all', async () => {
    const { clock, chat, provider } = setUp(failing(99, 'server'), { attempts: 10 }, 2);
    const call = errorOf(chat());
    await clock.advance(600_000);
    await call;
    expect(provider.attempts.length).toBe(2);
  });

  test('a layer further in that fails before the provider cannot make it go on for ever', async () => {
    const clock = virtualClock();
    let calls = 0;
    const client = createClient({
      providers: [fakeProvider({ script: say('x') })],
      clock,
      middleware: [
        retry({ attempts: 4 }),
        async () => {
          calls++;
          throw fakeError('overloaded');
        },
      ],
    });
    const call = errorOf(client.chat({ model: 'fake/m', messages }));
    await clock.advance(600_000);
    await call;
    expect(calls).toBe(4);
  });
});

describe('a request that was never sent', () => {
  const refused = fakeError('connection', { sent: 'no' });

  test('is tried once more at once, uncounted but recorded', async () => {
    const { chat, provider, clock } = setUp(failing(1, refused), { attempts: 1 }, 1);
    const answer = await chat();
    expect(answer.text).toBe('at last');
    expect(answer.meta.attempts?.length).toBe(2);
    expect(provider.attempts.map(({ at }) => at)).toEqual([0, 0]);
    expect(clock.now()).toBe(0);
  });

  test('is tried so once in a logical call, then like any other', async () => {
    const { chat, provider, clock } = setUp(failing(99, refused));
    const call = errorOf(chat());
    await clock.advance(600_000);
    await call;
    expect(provider.attempts.length).toBe(4);
    expect(provider.attempts.map(({ at }) => at).slice(0, 2)).toEqual([0, 0]);
    expect(provider.attempts[2]?.at).toBeGreaterThan(0);
  });

  test('that may have been sent is counted', async () => {
    const { chat, provider } = setUp(failing(99, fakeError('connection', { sent: 'maybe' })), {
      attempts: 1,
    });
    await errorOf(chat());
    expect(provider.attempts.length).toBe(1);
  });
});

describe('options that cannot work are refused when built', () => {
  test.each<RetryOptions>([
    { attempts: 0 },
    { attempts: 1.5 },
    { baseMs: 0 },
    { baseMs: Number.NaN },
    { maxMs: -1 },
    { baseMs: 1000, maxMs: 500 },
    { retryAfterCapMs: Number.POSITIVE_INFINITY },
  ])('%j', (options) => {
    expect(() => retry(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });
});

test('the shared budget of the call is untouched by a call that needed no retry', async () => {
  const { chat } = setUp(say('x'));
  let limit: number | undefined;
  await chat({ state: (state) => (limit = attemptBudget(state).limit) });
  expect(limit).toBe(4);
});
