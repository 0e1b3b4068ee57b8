import { InferwayError, type ErrorCode } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { guard } from '@inferway/core/guards';
import { idempotencyKey, isReplayed } from '@inferway/core/idempotency';
import { hedge } from '@inferway/core/resilience';
import {
  accept,
  emit,
  fail,
  fakeError,
  say,
  settle,
  stall,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { setUp, storeWith, type Rig } from './rig.js';

const status = (code: ErrorCode, number: number) =>
  fail(fakeError(code, { status: number, requestId: 'r-1' }));

/** What the second of two calls with one key got. */
async function second({ chat }: Rig): Promise<string> {
  await errorOf(chat('k'));
  const again = await chat('k').catch((reason: unknown) => reason as InferwayError);
  if (!(again instanceof Error)) return again.text;
  return isReplayed(again) ? `the stored ${again.code}` : `a new ${again.code}`;
}

describe('an error after which the call may have been executed is kept', () => {
  test.each([
    ['a provider that broke', status('server', 500)],
    ['a gateway that gave up waiting', status('server', 504)],
    ['a connection that was lost', fail('connection')],
    ['a page in the place of an answer', status('protocol', 200)],
    ['a tool call that the model wrote and nobody can read', status('tool_use_failed', 400)],
    ['an answer beyond our own cap', fail('too_large')],
    [
      'a file that was made, and is gone',
      fail(fakeError('not_found', { status: 404, sent: 'maybe' })),
    ],
  ])('%s', async (_what, step) => {
    const rig = setUp((_call, attempt) => (attempt === 1 ? [step] : say('again')));
    expect(await second(rig)).toMatch(/^the stored /u);
    expect(rig.provider.attempts.length).toBe(1);
    expect(rig.results()).toEqual(['first', 'replayed']);
  });

  test('a time-out of the call, once it was sent', async () => {
    const rig = setUp([stall()]);
    const asked = errorOf(rig.chat('k', { timeoutMs: 50 }));
    await rig.clock.advance(50);
    expect(await asked).toMatchObject({ code: 'timeout' });
    expect(await errorOf(rig.chat('k'))).toMatchObject({ code: 'timeout', phase: 'total' });
    expect(rig.provider.attempts.length).toBe(1);
    expect(rig.clock.timers).toBe(0);
  });

  test('a refusal after an attempt that broke', async () => {
    const rig = setUp(
      (_call, attempt) => (attempt === 1 ? [status('server', 500)] : [status('overloaded', 503)]),
      { inner: { retry: { attempts: 2, baseMs: 1 } } },
    );
    const asked = errorOf(rig.chat('k'));
    await rig.clock.advance(10_000);
    expect((await asked).code).toBe('overloaded');
    expect(isReplayed(await errorOf(rig.chat('k')))).toBe(true);
    expect(rig.provider.attempts.length).toBe(2);
  });

  test('an answer that a guard refused', async () => {
    const refusing = guard({ name: 'no', after: () => ({ verdict: 'deny', reason: 'Never.' }) });
    const rig = setUp(undefined, { inner: { guard: refusing } });
    expect(await second(rig)).toBe('the stored content_filter');
  });

  test('a stream that broke in the middle, with nothing of what came before', async () => {
    const rig = setUp([
      accept(),
      emit(
        { type: 'start', id: 'x' },
        { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      ),
      emit({ type: 'text-delta', index: 0, text: 'half' }),
      fail('stream_interrupted'),
    ]);
    const broken = await errorOf((await rig.stream('k')).result);
    expect([broken.code, broken.partial !== undefined]).toEqual(['stream_interrupted', true]);
    const again = await errorOf(rig.stream('k'));
    expect([again.code, again.partial, isReplayed(again)]).toEqual([
      'stream_interrupted',
      undefined,
      true,
    ]);
    expect(rig.provider.attempts.length).toBe(1);
  });

  test('of another call that this one had joined', async () => {
    const rig = setUp([wait(10), status('server', 500)], {
      inner: { coalesce: coalesce({ scope: 'shared' }) },
    });
    const both = [errorOf(rig.chat('one')), errorOf(rig.chat('two'))];
    await rig.clock.advance(10);
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual(['server', 'server']);
    expect(rig.provider.attempts.length).toBe(1);
    expect(isReplayed(await errorOf(rig.chat('one')))).toBe(true);
    expect(isReplayed(await errorOf(rig.chat('two')))).toBe(true);
  });

  test('a loser of a hedge that still runs', async () => {
    const rig = setUp(
      (_call, attempt) => (attempt === 1 ? [stall()] : [status('invalid_request', 400)]),
      { inner: { hedge: hedge({ delayMs: 10, share: 1 }) } },
    );
    const asked = errorOf(rig.chat('k'));
    await rig.clock.advance(10);
    expect((await asked).code).toBe('invalid_request');
    expect(isReplayed(await errorOf(rig.chat('k')))).toBe(true);
  });
});

describe('an error before which nothing was executed leaves the key free', () => {
  test.each([
    ['a provider without room', status('overloaded', 503)],
    ['too many requests', status('rate_limit', 429)],
    ['a wrong request', status('invalid_request', 400)],
    ['a wrong key', status('authentication', 401)],
    ['a body that is too large for the provider', status('too_large', 413)],
    ['a request that the provider did not wait for', status('timeout', 408)],
    ['no connection', fail(fakeError('connection', { sent: 'no' }))],
    ['a connection that took too long', fail(fakeError('timeout', { phase: 'connect' }))],
  ])('%s', async (_what, step) => {
    const rig = setUp((_call, attempt) => (attempt === 1 ? [step] : say('again')));
    expect(await second(rig)).toBe('again');
    expect(rig.results()).toEqual(['first', 'first']);
  });

  test('a refusal of our own', async () => {
    let refusals = 0;
    const rig = setUp(undefined, {
      bare: [
        (call, next) => {
          if (refusals++ > 0) return next(call);
          throw new InferwayError('budget', { message: 'no money', sent: 'no' });
        },
      ],
    });
    expect(await second(rig)).toBe('answer 1');
  });
});

describe('who left without an answer', () => {
  test('before it came gets one when it asks again', async () => {
    const rig = setUp((_call, attempt) => (attempt === 1 ? [stall()] : say('again')));
    const controller = new AbortController();
    const asked = errorOf(rig.chat('k', { signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await asked).code).toBe('aborted');
    await settle();
    expect((await rig.chat('k')).text).toBe('again');
  });

  test('in the middle of a stream, too', async () => {
    const rig = setUp((_call, attempt) => say(`answer ${attempt}`));
    const stream = await rig.stream('k');
    for await (const _event of stream) break;
    expect((await (await rig.stream('k')).result).text).toBe('answer 2');
    expect(rig.clock.timers).toBe(0);
  });

  test('for a reason of its own, too', async () => {
    const rig = setUp((_call, attempt) => say(`answer ${attempt}`));
    const send = () =>
      rig.client.send(
        'chat',
        { messages: [] },
        {
          model: 'fake/m',
          stream: true,
          state: (state) => state.set(idempotencyKey, 'k'),
        },
      );
    (await send()).events.cancel(new Error('I have seen enough'));
    expect((await send()).meta.replayed).toBeUndefined();
  });

  test('since the gateway is being stopped, too', async () => {
    const rig = setUp((_call, attempt) => (attempt === 1 ? [stall()] : say('again')));
    const controller = new AbortController();
    const asked = errorOf(rig.chat('k', { signal: controller.signal }));
    await settle();
    controller.abort(new InferwayError('overloaded', { message: 'The gateway is being stopped.' }));
    expect((await asked).code).toBe('overloaded');
    await settle();
    expect((await rig.chat('k')).text).toBe('again');
  });

  test('before the store answered leaves no claim behind', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const rig = setUp(undefined, {
      store: undefined,
    });
    const slow = setUp(undefined, {
      clock: rig.clock,
      store: {
        claim: () => promise.then(() => ({ state: 'claimed' as const })),
        renew: () => true,
        finish: () => 'kept',
        release: () => void released.push('k'),
      },
    });
    const released: string[] = [];
    const controller = new AbortController();
    const asked = errorOf(slow.chat('k', { signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await asked).code).toBe('aborted');
    resolve();
    await settle();
    expect(released).toEqual(['k']);
    expect(slow.provider.attempts.length).toBe(0);
    expect(rig.clock.timers).toBe(0);
  });
});

test('a stored error says what the first one said, that it is stored, and that trying again is of no use', async () => {
  const rig = setUp([
    fail(fakeError('server', { status: 502, requestId: 'r-9', retryAfterMs: 5 })),
  ]);
  const first = await errorOf(rig.chat('k'));
  const again = await errorOf(rig.chat('k'));
  expect(first).toMatchObject({ retryable: true, requestId: 'r-9' });
  expect(isReplayed(first)).toBe(false);
  expect(again).toMatchObject({
    code: 'server',
    status: 502,
    requestId: 'r-9',
    provider: 'fake',
    retryable: false,
    fallbackable: false,
  });
  expect(again.retryAfterMs).toBeUndefined();
  expect(again.attempts).toEqual([]);
  expect(again.message).toBe(
    `${first.message} (So ended the first call with this Idempotency-Key, which may have been executed; a new key executes it again.)`,
  );
});

test('an error that JSON cannot hold fails as it is, and is known to have been executed', async () => {
  const odd = new InferwayError('server', { message: 'odd', providerCode: 1n as never });
  const rig = setUp(undefined, {
    bare: [
      async (call, next) => {
        await next(call);
        throw odd;
      },
    ],
  });
  expect(await errorOf(rig.chat('k'))).toBe(odd);
  expect(rig.clock.timers).toBe(0);
  expect(await errorOf(rig.chat('k'))).toMatchObject({ code: 'conflict', retryable: false });
});

test('a repeat that comes at the very moment of the failure finds the key free, also in a slow store', async () => {
  const clock = virtualClock();
  const rig = setUp(
    (_call, attempt) => (attempt === 1 ? [wait(5), status('overloaded', 503)] : say('again')),
    {
      clock,
      store: storeWith(
        (right) => ({
          async release(key, owner) {
            await new Promise<void>((resolve) => clock.setTimer(resolve, 20));
            await right.release(key, owner);
          },
        }),
        clock,
      ),
    },
  );
  const repeated = rig.chat('k').catch(() => rig.chat('k'));
  await clock.advance(25);
  expect((await repeated).text).toBe('again');
});
