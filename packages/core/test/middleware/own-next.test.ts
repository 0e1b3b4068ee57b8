import { createClient, type Call, type Middleware, type Next } from '@inferway/core';
import { limit } from '@inferway/core/limits';
import { fallback, fixed, auth, retry, timeout } from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { memoryQuota } from '@inferway/core/stores';
import { fakeError, fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const question = { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] } as const;

/** A client whose only layer hands `layer` a `next` of its own, which throws at once as often as it is said. */
function setUp(make: (clock: ReturnType<typeof virtualClock>) => Middleware, times: number) {
  const clock = virtualClock();
  const layer = make(clock);
  let left = times;
  const own: Middleware = (call, next) =>
    layer(call, ((inner: Call) => {
      if (left-- > 0) throw fakeError('overloaded');
      return next(inner);
    }) as Next);
  const provider = fakeProvider({ name: 'fake', script: say('x') });
  const client = createClient({ providers: [provider], clock, middleware: [own] });
  return { clock, ask: () => client.chat(question) };
}

describe('a next that throws at once', () => {
  test('gives back the place that a limit held', async () => {
    const { clock, ask } = setUp(
      (its) => limit({ store: memoryQuota({ clock: its }), rules: [{ concurrency: 1 }] }),
      1,
    );
    expect((await errorOf(ask())).code).toBe('overloaded');
    await expect(ask()).resolves.toMatchObject({ text: 'x' });
    expect(clock.timers).toBe(0);
  });

  test('is judged by a breaker', async () => {
    const { ask } = setUp(() => circuitBreaker(), 50);
    const errors = [];
    for (let call = 0; call < 50; call++) errors.push(await errorOf(ask()));
    expect(errors.at(-1)?.message).toContain('circuit breaker');
  });

  test('is tried again', async () => {
    const { clock, ask } = setUp(() => retry(), 1);
    const answer = ask();
    await clock.advance(60_000);
    await expect(answer).resolves.toMatchObject({ text: 'x' });
  });

  test('leaves no timer of a timeout', async () => {
    const { clock, ask } = setUp(() => timeout(), 1);
    expect((await errorOf(ask())).code).toBe('overloaded');
    expect(clock.timers).toBe(0);
  });
});

describe('a layer that sends nothing rejects, for who calls it with a catch of its own:', () => {
  const gone = AbortSignal.abort(new Error('gone'));
  const broken = (): never => {
    throw new Error('broken');
  };
  const openBreaker = circuitBreaker({ counts: () => true });

  test.each<[string, Middleware, Partial<Call>]>([
    ['timeout', timeout(), { signal: gone }],
    ['auth', auth({ fake: fixed('key') }), { signal: gone }],
    ['fallback', fallback({ targets: broken }), {}],
    ['circuitBreaker', openBreaker, {}],
  ])('%s', async (_name, layer, more) => {
    const caught: unknown[] = [];
    const own: Middleware = (call, next) =>
      layer({ ...call, ...more } as Call, next).catch((reason: unknown) => {
        caught.push(reason);
        throw reason;
      });
    const failing: Middleware = async () => {
      throw fakeError('server');
    };
    const client = createClient({
      providers: [fakeProvider({ name: 'fake', script: say('x') })],
      middleware: layer === openBreaker ? [own, failing] : [own],
    });
    for (let call = 1; call <= 40; call++) {
      await errorOf(client.chat(question));
      expect(caught).toHaveLength(call);
    }
  });
});
