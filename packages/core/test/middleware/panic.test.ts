import { createClient, listen, type ChainEvent, type Middleware } from '@inferway/core';
import { fallback, retry } from '@inferway/core/middleware';
import { circuitBreaker, type CircuitBreakerOptions } from '@inferway/core/resilience';
import {
  fail,
  fakeProvider,
  say,
  settle,
  stall,
  virtualClock,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';

const messages = [{ role: 'user', content: 'hi' }] as const;

function setUp(
  options: CircuitBreakerOptions = {},
  outer: readonly Middleware[] = [fallback('b/m', 'c/m'), retry()],
) {
  const clock = virtualClock();
  const steps: Record<string, readonly Step[]> = {};
  const tried: string[] = [];
  const providers = ['a', 'b', 'c'].map((name) =>
    fakeProvider({
      name,
      script: () => {
        tried.push(name);
        return steps[name] ?? say(`from ${name}`);
      },
    }),
  );
  const breaker = circuitBreaker({ openMs: 3_600_000, maxOpenMs: 3_600_000, ...options });
  const client = createClient({ providers, middleware: [...outer, breaker], clock, attempts: 6 });
  const alone = createClient({ providers, middleware: [breaker], clock });
  const events: ChainEvent[] = [];
  return {
    clock,
    steps,
    tried,
    events,
    chat: (signal?: AbortSignal) =>
      client.chat(
        { model: 'a/m', messages },
        { signal, state: (state) => listen(state, (event) => events.push(event)) },
      ),
    /** Opens the breakers of these in this order, one a second. */
    async open(...names: string[]) {
      for (const name of names) {
        steps[name] = [fail('server')];
        const model = `${name}/m`;
        for (let i = 0; i < 5; i++) {
          await errorOf(alone.send('chat', { messages } as never, { model, stream: false }));
        }
        await clock.advance(1000);
      }
      tried.length = 0;
    },
  };
}

describe('when the breakers of all targets are open', () => {
  test('the one that failed the longest time ago is tried after all, and its success closes it', async () => {
    const { open, steps, chat, tried, events } = setUp();
    await open('b', 'a', 'c');
    delete steps['b'];
    expect((await chat()).text).toBe('from b');
    expect(tried).toEqual(['b']);
    expect(events.map(({ type }) => type)).toEqual([
      'breaker-refused',
      'fallback',
      'breaker-refused',
      'fallback',
      'breaker-refused',
      'fallback',
      'panic',
      'breaker',
    ]);
    expect(events.at(-2)).toEqual({ type: 'panic', target: 'b/m' });
    expect(events.at(-1)).toMatchObject({ state: 'closed', reason: 'panic', target: 'b/m' });
    // From now on it is one that is well.
    expect((await chat()).text).toBe('from b');
    expect(events.filter(({ type }) => type === 'panic').length).toBe(1);
  });

  test('one attempt is made, and when it fails too the call fails with 503, how long to wait and the whole story', async () => {
    const { open, chat, tried, clock } = setUp();
    await open('c', 'a', 'b');
    const error = await errorOf(chat());
    expect(tried).toEqual(['c']);
    expect(error).toMatchObject({ code: 'overloaded', httpStatus: 503, provider: 'a' });
    expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
    expect(error.failures?.map(({ provider, code }) => [provider, code])).toEqual([
      ['a', 'overloaded'],
      ['b', 'overloaded'],
      ['c', 'overloaded'],
      ['c', 'server'],
    ]);
    expect(error.attempts).toMatchObject([{ provider: 'c', error: 'server' }]);
    // Each failure makes it the last to be tried: the targets take turns.
    await clock.advance(1);
    await errorOf(chat());
    await clock.advance(1);
    await errorOf(chat());
    await clock.advance(1);
    await errorOf(chat());
    expect(tried).toEqual(['c', 'a', 'b', 'c']);
    expect(clock.timers).toBe(0);
  });

  test('it does not hang: a caller who leaves during that attempt is answered at once', async () => {
    const { open, steps, chat, clock } = setUp();
    await open('a', 'b', 'c');
    steps['a'] = [stall()];
    const { controller, signal, count } = countingSignal();
    const call = errorOf(chat(signal));
    await settle();
    controller.abort();
    expect((await call).code).toBe('aborted');
    await settle();
    expect([clock.timers, count()]).toEqual([0, 0]);
  });
});

describe('there is no panic', () => {
  test('while one target may be asked, also when it fails', async () => {
    const { open, steps, chat, tried, events } = setUp();
    await open('a', 'b');
    steps['c'] = [fail('invalid_request')];
    await errorOf(chat());
    expect(tried).toEqual(['c']);
    expect(events.some(({ type }) => type === 'panic')).toBe(false);
  });

  test('for a call with one target: it fails at once', async () => {
    const { open, chat, tried } = setUp({}, [retry()]);
    await open('a');
    expect(await errorOf(chat())).toMatchObject({
      code: 'overloaded',
      sent: 'no',
      httpStatus: 503,
    });
    expect(tried).toEqual([]);
  });

  test('where it is turned off', async () => {
    const { open, chat, tried } = setUp({ panic: false });
    await open('a', 'b', 'c');
    expect(await errorOf(chat())).toMatchObject({ code: 'overloaded', sent: 'no' });
    expect(tried).toEqual([]);
  });

  test('in a list inside another that has targets left', async () => {
    const { open, chat, tried } = setUp({}, [
      fallback({ targets: { 'a/m': ['c/m'] } }),
      fallback({ targets: { 'a/m': ['b/m'] } }),
    ]);
    await open('a', 'b');
    expect((await chat()).text).toBe('from c');
    expect(tried).toEqual(['c']);
  });
});

test('a retry waits for no breaker: a call whose target was closed meanwhile fails with what the provider said', async () => {
  const { steps, chat, clock, tried } = setUp({ minCalls: 1 }, [retry({ on: () => true })]);
  steps['a'] = [fail('server')];
  const call = errorOf(chat());
  await clock.advance(60_000);
  expect((await call).code).toBe('server');
  expect(tried).toEqual(['a']);
  const refused = errorOf(chat());
  await clock.advance(60_000);
  expect((await refused).sent).toBe('no');
  expect(tried).toEqual(['a']);
});
