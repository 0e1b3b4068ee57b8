import { describe, expect, test } from 'vitest';
import {
  accept,
  fail,
  fakeProvider,
  result,
  say,
  settle,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { memoryIdempotency, type OutageEvent } from '@inferway/core/stores';
import { createClient } from '@inferway/core';
import { idempotency, idempotencyKey } from '@inferway/core/idempotency';
import { errorOf } from '../../helpers.js';
import { setUp, storeWith } from './rig.js';

const broken = (): never => {
  throw new Error('redis://user:password@host is away');
};
const never = (): Promise<never> => new Promise(() => {});

describe('a store that cannot claim', () => {
  test.each([
    ['throws', () => broken()],
    ['rejects', () => Promise.reject(new Error('away'))],
    ['gives what is no claim', () => ({ state: 'yes' }) as never],
    ['is full', () => ({ state: 'full' }) as const],
  ])('and %s keeps a call with a key from being sent', async (_what, claim) => {
    const { chat, provider, told } = setUp(undefined, { store: storeWith(() => ({ claim })) });
    expect(await errorOf(chat('k'))).toMatchObject({
      code: 'overloaded',
      httpStatus: 503,
      retryable: true,
      fallbackable: false,
      sent: 'no',
      retryAfterMs: 1000,
    });
    expect(provider.attempts.length).toBe(0);
    expect((await chat(undefined)).text).toBe('answer 1');
    expect(told.of('idempotency-store')).toMatchObject([{ operation: 'claim' }]);
  });

  test.each([
    ['throws', () => broken()],
    ['is full', () => ({ state: 'full' }) as const],
  ])('and %s lets it pass where that was said', async (_what, claim) => {
    const { chat, results } = setUp(undefined, {
      store: storeWith(() => ({ claim })),
      whenStoreFails: 'open',
    });
    expect([(await chat('k')).text, (await chat('k')).text]).toEqual(['answer 1', 'answer 2']);
    expect(results()).toEqual(['unguarded', 'unguarded']);
  });

  test('is waited for so long, and not at all when it stays away; one line tells of it', async () => {
    const outages: OutageEvent[] = [];
    let away = true;
    const clock = virtualClock();
    const { chat, told } = setUp(undefined, {
      clock,
      store: storeWith(
        (right) => ({
          claim: (key, request) => (away ? never() : right.claim(key, request)),
        }),
        clock,
      ),
      storeTimeoutMs: 40,
      onOutage: (event) => void outages.push(event),
    });
    for (let times = 0; times < 5; times++) {
      const asked = errorOf(chat(`k${times}`));
      await clock.advance(39);
      expect(told.of('idempotency-store').length).toBe(times);
      await clock.advance(1);
      expect((await asked).code).toBe('overloaded');
    }
    expect((await errorOf(chat('k'))).code).toBe('overloaded');
    expect(outages).toMatchObject([{ store: 'idempotency', state: 'down' }]);
    expect(outages[0]?.message).not.toContain('password');
    away = false;
    await clock.advance(1000);
    expect((await chat('k')).text).toBe('answer 1');
    expect(outages.map(({ state }) => state)).toEqual(['down', 'up']);
  });

  test('in time gives back what it claims too late', async () => {
    const clock = virtualClock();
    const { promise, resolve } = Promise.withResolvers<void>();
    let slow = true;
    const { chat } = setUp(undefined, {
      clock,
      storeTimeoutMs: 40,
      store: storeWith(
        (right) => ({
          claim: async (key, request) => {
            if (slow) await promise;
            return right.claim(key, request);
          },
        }),
        clock,
      ),
    });
    const asked = errorOf(chat('k'));
    await clock.advance(40);
    expect((await asked).code).toBe('overloaded');
    slow = false;
    resolve();
    await settle();
    expect((await chat('k')).text).toBe('answer 1');
  });
});

test('a claim whose answer was lost on its way is given back', async () => {
  const clock = virtualClock();
  let lost = 1;
  const { chat } = setUp(undefined, {
    clock,
    store: storeWith(
      (right) => ({
        async claim(key, request) {
          const claim = await right.claim(key, request);
          return lost-- > 0 ? broken() : claim;
        },
      }),
      clock,
    ),
  });
  expect((await errorOf(chat('k'))).code).toBe('overloaded');
  expect((await chat('k')).text).toBe('answer 1');
});

describe('a store that fails when the call is over', () => {
  test.each([
    ['finish', say('x')],
    ['release', [fail('rate_limit')]],
  ] as const)('for a moment is told again how it ended: %s', async (operation, first) => {
    const clock = virtualClock();
    let fails = 3;
    const { chat, provider } = setUp((_call, attempt) => (attempt === 1 ? first : say('y')), {
      clock,
      leaseMs: 1000,
      store: storeWith(
        (right) => ({
          [operation]: (...given: never[]) =>
            fails-- > 0 ? broken() : (right[operation] as (...all: never[]) => unknown)(...given),
        }),
        clock,
      ),
    });
    await chat('k').catch(() => {});
    await clock.advance(600);
    expect(clock.timers).toBe(0);
    expect((await chat('k')).text).toBe(operation === 'finish' ? 'x' : 'y');
    expect(provider.attempts.length).toBe(operation === 'finish' ? 1 : 2);
  });

  test('loses no answer: the caller has it, and the claim ends with its lease', async () => {
    const clock = virtualClock();
    const { chat, told } = setUp(undefined, {
      clock,
      leaseMs: 500,
      store: storeWith(() => ({ finish: broken }), clock),
    });
    expect((await chat('k')).text).toBe('answer 1');
    expect(told.of('idempotency-store')).toMatchObject([
      { operation: 'finish', problem: 'failed' },
    ]);
    expect((await errorOf(chat('k'))).code).toBe('conflict');
    await clock.advance(500);
    expect((await chat('k')).text).toBe('answer 2');
  });

  test('loses no failure either', async () => {
    const { chat, told } = setUp([fail('invalid_request')], {
      store: storeWith(() => ({ release: broken })),
    });
    expect((await errorOf(chat('k'))).code).toBe('invalid_request');
    expect(told.of('idempotency-store')).toMatchObject([
      { operation: 'release', problem: 'failed' },
    ]);
  });

  test('holds an answer up no longer than an operation may take', async () => {
    const clock = virtualClock();
    const { chat } = setUp(undefined, {
      clock,
      storeTimeoutMs: 70,
      store: storeWith(() => ({ finish: never }), clock),
    });
    let text: string | undefined;
    void chat('k').then((answer) => (text = answer.text));
    await clock.advance(69);
    expect(text).toBeUndefined();
    await clock.advance(1);
    expect(text).toBe('answer 1');
  });

  test('but has room for a word keeps that it was executed', async () => {
    const clock = virtualClock();
    const { chat, provider, told } = setUp(say('word '.repeat(400)), {
      clock,
      store: memoryIdempotency({ clock, maxBytes: 2000 }),
    });
    expect((await chat('k')).text.length).toBe(2000);
    expect(told.of('idempotency-store')).toMatchObject([{ operation: 'finish', problem: 'full' }]);
    expect(await errorOf(chat('k'))).toMatchObject({ code: 'conflict', retryable: false });
    expect(provider.attempts.length).toBe(1);
  });
});

test('closing waits until the store was told how the last calls ended, and no longer than it may take', async () => {
  const clock = virtualClock();
  const written: string[] = [];
  const once = idempotency({
    scope: 'shared',
    storeTimeoutMs: 500,
    store: storeWith(
      (right) => ({
        async finish(key, owner, answer, ttlMs) {
          if (written.length > 0) return never();
          await new Promise<void>((resolve) => clock.setTimer(resolve, 300));
          written.push(answer);
          return right.finish(key, owner, answer, ttlMs);
        },
      }),
      clock,
    ),
  });
  await once.close();
  const client = createClient({
    clock,
    providers: [fakeProvider({ script: say('x') })],
    middleware: [once],
  });
  for (const key of ['first', 'second']) {
    const stream = await client.chat.stream(
      { model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] },
      { state: (state) => state.set(idempotencyKey, key) },
    );
    await stream.result;
    let closed = false;
    const closing = once.close().then(() => (closed = true));
    await clock.advance(299);
    expect(closed).toBe(false);
    await clock.advance(201);
    await closing;
  }
  expect(written).toHaveLength(1);
});

test('an answer that cannot be written down is given all the same', async () => {
  const odd = {
    get text(): string {
      throw new Error('not to be read twice');
    },
  };
  const client = createClient({
    providers: [fakeProvider({ operations: ['raw'], script: [accept(), result({ odd })] })],
    middleware: [idempotency({ scope: 'shared' })],
  });
  const send = () =>
    client.send('raw', { path: '/x' } as never, {
      model: 'fake/m',
      stream: false,
      state: (state) => state.set(idempotencyKey, 'k'),
    });
  expect((await send()).result).toHaveProperty('odd');
  expect(await errorOf(send())).toMatchObject({ code: 'conflict', retryable: false });
});

describe('a lease', () => {
  test('outlives renewals that fail, and a call that lost its claim still answers', async () => {
    const clock = virtualClock();
    let fails = 2;
    const script = [wait(8000), ...say('late')];
    const store = storeWith(
      (right) => ({
        renew: (key, owner, leaseMs) => (fails-- > 0 ? broken() : right.renew(key, owner, leaseMs)),
      }),
      clock,
    );
    const { chat, told, results } = setUp(script, { clock, leaseMs: 3000, store });
    const first = chat('k');
    await clock.advance(7000);
    expect((await errorOf(chat('k'))).code).toBe('conflict');
    await clock.advance(1000);
    expect((await first).text).toBe('late');
    expect((await chat('k')).meta.replayed).toBe(true);
    expect(told.of('idempotency-store').length).toBe(2);
    expect(results()).toEqual(['first', 'running', 'replayed']);
  });

  test('that ended lets another process execute the call; the first one keeps nothing', async () => {
    const clock = virtualClock();
    const store = memoryIdempotency({ clock });
    const provider = fakeProvider({
      script: (_call, attempt) => [wait(attempt === 1 ? 5000 : 10), ...say(`answer ${attempt}`)],
    });
    const asleep = setUp([], {
      clock,
      provider,
      leaseMs: 3000,
      store: storeWith(
        (_right) => ({
          claim: (key, request) => store.claim(key, request),
          // It only believes that it renews.
          renew: () => true,
          finish: (key, owner, answer, ttlMs) => store.finish(key, owner, answer, ttlMs),
        }),
        clock,
      ),
    });
    const awake = setUp([], { clock, provider, store });
    const first = asleep.chat('k');
    await clock.advance(3000);
    const second = awake.chat('k');
    await clock.advance(10);
    expect((await second).text).toBe('answer 2');
    await clock.advance(2000);
    expect((await first).text).toBe('answer 1');
    expect(asleep.told.of('idempotency-store').at(-1)).toMatchObject({
      operation: 'finish',
      problem: 'lost',
    });
    expect((await awake.chat('k')).text).toBe('answer 2');
  });

  test('is renewed no more once it is lost', async () => {
    const clock = virtualClock();
    let renewals = 0;
    const { chat, told } = setUp([wait(30_000), ...say('x')], {
      clock,
      leaseMs: 3000,
      inner: { timeout: false },
      store: storeWith(() => ({ renew: () => ++renewals < 1 }), clock),
    });
    const asked = chat('k');
    await clock.advance(30_000);
    await asked;
    expect(renewals).toBe(1);
    expect(told.of('idempotency-store')[0]).toMatchObject({ operation: 'renew', problem: 'lost' });
  });
});

describe('what is in the store', () => {
  test.each([
    ['damaged', (text: string) => text.replace('answer', 'ANSWER')],
    ['of another key', (_text: string, other: string) => other],
    ['of another version', (text: string) => text.replace('idempotency-1', 'idempotency-0')],
    ['nothing', () => ''],
  ])('and is %s is nobody’s answer, and executes nothing', async (_what, change) => {
    const clock = virtualClock();
    const texts: string[] = [];
    const { chat, provider } = setUp(undefined, {
      clock,
      store: storeWith(
        (right) => ({
          finish: (key, owner, answer, ttlMs) => {
            texts.push(answer);
            return right.finish(key, owner, change(answer, texts[0] ?? ''), ttlMs);
          },
        }),
        clock,
      ),
    });
    await chat('first');
    await chat('k');
    expect(await errorOf(chat('k'))).toMatchObject({ code: 'conflict', retryable: false });
    expect(provider.attempts.length).toBe(2);
  });

  test.each([undefined, null, 5, {}])(
    'and is %j, which is no text, is nobody’s answer either',
    async (answer) => {
      const { chat, provider } = setUp(undefined, {
        store: storeWith(() => ({ claim: () => ({ state: 'done', answer }) as never })),
      });
      expect(await errorOf(chat('k'))).toMatchObject({ code: 'conflict', retryable: false });
      expect(provider.attempts.length).toBe(0);
    },
  );
});
