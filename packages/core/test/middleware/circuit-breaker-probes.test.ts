import { fail, fakeError, say, settle, stall, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { setUp } from './breaker-set-up.js';

describe('while it is open and after', () => {
  test('one call tries when the time is over, the others are refused; then it is closed', async () => {
    const { failing, does, chat, clock, made, events } = setUp();
    await failing(5);
    await clock.advance(9_999);
    expect((await errorOf(chat())).retryAfterMs).toBe(1);
    await clock.advance(1);
    does(wait(50), ...say('back'));
    const calls = [chat(), errorOf(chat()), errorOf(chat())] as const;
    expect((await calls[1]).message).toContain('try');
    expect((await calls[2]).retryAfterMs).toBe(1000);
    await clock.advance(50);
    expect((await calls[0]).text).toBe('back');
    does(...say('ok'));
    await Promise.all([chat(), chat(), chat()]);
    expect(made()).toBe(5 + 1 + 3);
    expect(events.filter(({ type }) => type === 'breaker')).toMatchObject([
      { state: 'open' },
      { state: 'half-open', reason: 'time' },
      { state: 'closed', reason: 'probe' },
    ]);
  });

  test('each time that a probe fails it stays open twice as long, up to a bound; after a success it begins anew', async () => {
    const { failing, chat, clock } = setUp({ openMs: 1000, maxOpenMs: 5000 });
    const openFor = async (): Promise<number | undefined> => (await errorOf(chat())).retryAfterMs;
    await failing(5);
    const times = [await openFor()];
    for (let i = 0; i < 4; i++) {
      await clock.advance(times.at(-1) ?? 0);
      await failing(1);
      times.push(await openFor());
    }
    expect(times).toEqual([1000, 2000, 4000, 5000, 5000]);
    await clock.advance(5000);
  });

  test('after a success it begins anew', async () => {
    const { failing, answering, chat, clock } = setUp({ openMs: 1000 });
    await failing(5);
    await clock.advance(1000);
    await failing(1);
    await clock.advance(2000);
    await answering(1);
    await failing(5);
    expect((await errorOf(chat())).retryAfterMs).toBe(1000);
  });

  test.each([
    [30_000, 30_000],
    [400_000, 300_000],
    [1000, 10_000],
    [-5, 10_000],
    [Number.NaN, 10_000],
  ])('a provider that asks for %d ms is left alone for %d', async (retryAfterMs, openMs) => {
    const { failing, chat } = setUp();
    await failing(5, fakeError('overloaded', { retryAfterMs }));
    expect((await errorOf(chat())).retryAfterMs).toBe(openMs);
  });

  test('as many probes as asked for go at once, and all must succeed', async () => {
    const { failing, does, chat, clock, made } = setUp({ probes: 3 });
    await failing(5);
    await clock.advance(10_000);
    does(wait(10), ...say('back'));
    const calls = Array.from({ length: 5 }, () =>
      chat().then(
        ({ text }) => text,
        () => 'refused',
      ),
    );
    await clock.advance(10);
    expect(await Promise.all(calls)).toEqual(['back', 'back', 'back', 'refused', 'refused']);
    expect(made()).toBe(8);
    does(...say('ok'));
    expect((await chat()).text).toBe('ok');
  });

  test('one that fails among several opens it again, and what the others bring says nothing more', async () => {
    const { failing, does, chat, clock, made } = setUp({ probes: 2 });
    await failing(5);
    await clock.advance(10_000);
    does(wait(100), ...say('late'));
    const late = chat();
    does(fail('server'));
    await errorOf(chat());
    expect((await errorOf(chat())).retryAfterMs).toBe(20_000);
    await clock.advance(100);
    expect((await late).text).toBe('late');
    expect((await errorOf(chat())).retryAfterMs).toBe(19_900);
    expect(made()).toBe(7);
  });

  test.each(['abort', '400', '429'] as const)(
    'a probe that ends with %s frees its place',
    async (how) => {
      const { failing, does, chat, clock, passes } = setUp();
      await failing(5);
      await clock.advance(10_000);
      if (how === 'abort') {
        does(stall());
        const controller = new AbortController();
        const call = errorOf(chat('fake/m', { signal: controller.signal }));
        await settle();
        expect(await passes()).toBe(false);
        controller.abort();
        await call;
      } else {
        await failing(1, how === '400' ? 'invalid_request' : 'rate_limit');
      }
      does(...say('ok'));
      expect(await passes()).toBe(true);
      expect(await passes()).toBe(true);
    },
  );

  test('a probe that hangs keeps the others waiting for so long and no longer', async () => {
    const { failing, does, chat, clock, passes } = setUp({ probeMs: 2000 });
    await failing(5);
    await clock.advance(10_000);
    does(stall());
    const controller = new AbortController();
    const hanging = errorOf(chat('fake/m', { signal: controller.signal }));
    await clock.advance(1999);
    expect(await passes()).toBe(false);
    await clock.advance(1);
    does(...say('ok'));
    expect(await passes()).toBe(true);
    expect(await passes()).toBe(true);
    controller.abort();
    await hanging;
  });

  test('calls that were on their way when it opened change nothing', async () => {
    const { failing, does, chat, clock, passes } = setUp();
    does(wait(20_000), fail('server'));
    const slow = Array.from({ length: 6 }, () => errorOf(chat()));
    await failing(5);
    await clock.advance(10_000);
    does(...say('ok'));
    expect(await passes()).toBe(true);
    await clock.advance(10_000);
    await Promise.all(slow);
    expect(await passes()).toBe(true);
  });

  test('who asks learns its state', async () => {
    const { failing, breaker, clock, provider, answering } = setUp();
    await failing(5);
    const { call } = provider.attempts[0] ?? { call: undefined as never };
    expect(breaker.stateOf(call)).toBe('open');
    await clock.advance(10_000);
    expect(breaker.stateOf(call)).toBe('half-open');
    await answering(1);
    expect(breaker.stateOf(call)).toBe('closed');
    const other = { ...call, model: { provider: 'x', id: 'never called' } };
    expect(breaker.stateOf(other)).toBe('closed');
  });

  test('a listener that throws breaks nothing', async () => {
    const changes: string[] = [];
    const { failing, made } = setUp({
      onChange({ state }) {
        changes.push(state);
        throw new Error('broken');
      },
    });
    await failing(7);
    expect([made(), changes]).toEqual([5, ['open']]);
  });
});
