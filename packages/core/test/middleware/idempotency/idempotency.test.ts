import {
  callIdOf,
  createClient,
  stateKey,
  type Call,
  type CallOptions,
  type StreamReply,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { idempotency, idempotencyKey } from '@inferway/core/idempotency';
import { ledger } from '@inferway/core/spending';
import { memoryLedger } from '@inferway/core/stores';
import { accept, fakeProvider, result, say, settle, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { of, setUp } from './rig.js';

const textOf = async (stream: AsyncIterable<object>): Promise<string> => {
  let text = '';
  for await (const event of stream) {
    if ('type' in event && event.type === 'text-delta') text += (event as { text?: string }).text;
  }
  return text;
};

describe('a call without a key', () => {
  test('is executed each time, and the layer gives back the very promise of the next one', async () => {
    const { chat, provider, told } = setUp();
    await chat(undefined);
    await chat(undefined);
    expect(provider.attempts.length).toBe(2);
    expect(told.of('idempotency')).toEqual([]);

    const layer = idempotency({ scope: 'shared' });
    const given = Promise.resolve() as never;
    const call = { state: { get: () => undefined } } as unknown as Call;
    expect(layer(call, (() => given) as never)).toBe(given);
  });
});

describe('a repeat', () => {
  test('gets the answer of the first call, for nothing, and reaches nobody', async () => {
    const { chat, provider, results } = setUp();
    const first = await chat('k');
    const second = await chat('k');
    expect([first.text, second.text]).toEqual(['answer 1', 'answer 1']);
    expect([first.meta.replayed, second.meta.replayed]).toEqual([undefined, true]);
    expect(second.cost).toEqual({ known: true, total: 0, source: 'price' });
    expect(second.usage).toEqual(first.usage);
    expect(second.meta).toMatchObject({ provider: 'fake', model: 'm' });
    expect(second.meta.attempts).toBeUndefined();
    expect(provider.attempts.length).toBe(1);
    expect(results()).toEqual(['first', 'replayed']);
  });

  test('of a stream gets the same events, each time', async () => {
    const { stream, provider, results } = setUp([...say('one two three')]);
    const first = await stream('k');
    const events: object[] = [];
    for await (const event of first) events.push(event);
    for (let times = 0; times < 2; times++) {
      const again: object[] = [];
      const repeat = await stream('k');
      expect(repeat.meta.replayed).toBe(true);
      for await (const event of repeat) again.push(event);
      expect(again).toEqual(events);
    }
    expect(provider.attempts.length).toBe(1);
    expect(results()).toEqual(['first', 'replayed', 'replayed']);
  });

  test('of a stream whose reader changed its events gets them as they came', async () => {
    const { stream } = setUp([...say('one two three')]);
    const events: object[] = [];
    for await (const event of await stream('k')) {
      events.push(structuredClone(event));
      if ('part' in event) Object.assign(event.part, { text: 'changed' });
      Object.assign(event, { type: 'changed' });
    }
    const again: object[] = [];
    for await (const event of await stream('k')) again.push(event);
    expect(again).toEqual(events);
  });

  test('is written into no ledger', async () => {
    const rows = memoryLedger();
    const layer = ledger({ ledger: rows });
    const { chat } = setUp(undefined, { inner: { ledger: layer } });
    await chat('k');
    await chat('k');
    await layer.close();
    expect((await rows.rows({})).rows.length).toBe(1);
  });

  test('gets what a cache had given the first', async () => {
    const { chat, provider } = setUp(undefined, { inner: { cache: cache({ scope: 'shared' }) } });
    await chat(undefined);
    expect((await chat('k')).meta.cache).toBe('hit');
    const again = await chat('k');
    expect([again.text, again.meta.cache, again.meta.replayed]).toEqual([
      'answer 1',
      undefined,
      true,
    ]);
    expect(provider.attempts.length).toBe(1);
  });

  test('is executed anew when the answer was kept for long enough', async () => {
    const { chat, clock } = setUp(undefined, { ttlMs: 1000 });
    await chat('k');
    await clock.advance(999);
    expect((await chat('k')).text).toBe('answer 1');
    await clock.advance(1);
    expect((await chat('k')).text).toBe('answer 2');
  });

  test('is answered for 24 hours when nobody says otherwise', async () => {
    const { chat, clock } = setUp();
    await chat('k');
    await clock.advance(86_399_999);
    expect((await chat('k')).meta.replayed).toBe(true);
    await clock.advance(1);
    expect((await chat('k')).meta.replayed).toBeUndefined();
  });

  test('of an answer in bytes gets the bytes', async () => {
    const provider = fakeProvider({
      operations: ['speech'],
      script: [accept(), result({ audio: { type: 'bytes', data: Uint8Array.of(1, 2, 255) } })],
    });
    const client = createClient({
      providers: [provider],
      middleware: [idempotency({ scope: 'shared' })],
    });
    const state: CallOptions['state'] = (own) => own.set(idempotencyKey, 'k');
    const send = () =>
      client.send('speech', { input: 'hi' } as never, { model: 'fake/m', stream: false, state });
    expect(await send()).toMatchObject({ meta: {} });
    expect(await send()).toMatchObject({
      result: { audio: { data: Uint8Array.of(1, 2, 255) } },
      meta: { replayed: true },
    });
    expect(provider.attempts.length).toBe(1);
  });
});

describe('while the first call runs', () => {
  test('a repeat is refused and told when to come again, and then it gets the answer', async () => {
    const { chat, clock, provider, results } = setUp([wait(100), ...say('done')]);
    const first = chat('k');
    await settle();
    const early = await errorOf(chat('k'));
    expect(early).toMatchObject({
      code: 'conflict',
      httpStatus: 409,
      retryable: true,
      retryAfterMs: 1000,
      sent: 'no',
    });
    await clock.advance(100);
    expect((await first).text).toBe('done');
    expect((await chat('k')).meta.replayed).toBe(true);
    expect(provider.attempts.length).toBe(1);
    expect(results()).toEqual(['first', 'running', 'replayed']);
  });

  test('a stream runs until it was read to its end', async () => {
    const { stream } = setUp([...say('a b')]);
    const first = await stream('k');
    const events = first[Symbol.asyncIterator]();
    await events.next();
    expect((await errorOf(stream('k'))).code).toBe('conflict');
    while ((await events.next()).done !== true);
    expect(await textOf(await stream('k'))).toBe('a b');
  });

  test('the claim is renewed, and no timer is left when it is over', async () => {
    const { chat, clock } = setUp([wait(100_000), ...say('late')], {
      leaseMs: 3000,
      inner: { timeout: false },
    });
    const first = chat('k');
    for (let seconds = 0; seconds < 99; seconds += 9) {
      await clock.advance(9000);
      expect((await errorOf(chat('k'))).code).toBe('conflict');
    }
    await clock.advance(9000);
    expect((await first).text).toBe('late');
    expect(clock.timers).toBe(0);
  });
});

describe('the same key', () => {
  test.each([
    ['another message', { messages: [{ role: 'user', content: 'other' }] }],
    ['another setting', { temperature: 0.5 }],
    ['another model', { model: 'fake/other' }],
  ] as const)('with %s is refused, while the first runs and after it', async (_what, more) => {
    const { chat, clock, provider, results } = setUp([wait(10), ...say('x')]);
    const first = chat('k');
    await settle();
    const refusal = {
      code: 'invalid_request',
      httpStatus: 400,
      param: 'Idempotency-Key',
      retryable: false,
    };
    expect(await errorOf(chat('k', {}, more as never))).toMatchObject(refusal);
    await clock.advance(10);
    await first;
    expect(await errorOf(chat('k', {}, more as never))).toMatchObject(refusal);
    expect(provider.attempts.length).toBe(1);
    expect(results()).toEqual(['first', 'mismatch', 'mismatch']);
  });

  test('for a stream and for a whole answer is two calls', async () => {
    const { chat, stream } = setUp();
    await chat('k');
    expect(await errorOf(stream('k'))).toMatchObject({ code: 'invalid_request' });
  });

  test('with members in another order is the same call', async () => {
    const { chat, provider } = setUp();
    await chat('k', {}, { temperature: 0, seed: 1 });
    await chat('k', {}, { seed: 1, temperature: 0 });
    expect(provider.attempts.length).toBe(1);
  });

  test('of which more is asked by `parameters` is another call where that differs', async () => {
    const asked = stateKey<string>('asked');
    const { chat, provider } = setUp(undefined, { parameters: ({ state }) => state.get(asked) });
    const as = (word: string): CallOptions => ({ state: (state) => state.set(asked, word) });
    await chat('k', as('alias'));
    expect((await chat('k', as('alias'))).meta.replayed).toBe(true);
    expect(await errorOf(chat('k', as('model')))).toMatchObject({ code: 'invalid_request' });
    expect(await errorOf(chat('k'))).toMatchObject({ code: 'invalid_request' });
    expect(provider.attempts.length).toBe(1);
  });

  test('of two tenants never meets, also while both run', async () => {
    const { chat, provider, clock } = setUp((call) => [
      wait(10),
      ...say(`for ${callIdOf(call.state)}`),
    ]);
    const both = [chat('k', of('a')), chat('k', of('b'))];
    await clock.advance(10);
    const [a, b] = await Promise.all(both);
    expect(a?.text).not.toBe(b?.text);
    expect(provider.attempts.length).toBe(2);
    expect((await chat('k', of('a'))).text).toBe(a?.text);
    expect((await chat('k', of('b'))).text).toBe(b?.text);
    await errorOf(chat('k', of('b'), { temperature: 1 }));
    expect(provider.attempts.length).toBe(2);
  });
});

describe('a key', () => {
  test.each([
    ['', 'nothing'],
    ['a b', 'a space'],
    ['ä', 'a letter that is not ASCII'],
    ['a\n', 'a line end'],
    ['x'.repeat(256), '256 characters'],
    [5, 'a number'],
  ] as const)('of %j is refused: %s', async (key, _what) => {
    const { chat, provider } = setUp();
    expect(await errorOf(chat(key as string))).toMatchObject({
      code: 'invalid_request',
      param: 'Idempotency-Key',
      message: expect.stringContaining('1 to 255 visible ASCII characters') as string,
    });
    expect(provider.attempts.length).toBe(0);
  });

  test('of 255 characters is one, and the store sees neither it nor anything of the request', async () => {
    const seen: string[] = [];
    const { chat } = setUp(undefined, {
      store: {
        claim: (key, { fingerprint, owner }) => {
          seen.push(key, fingerprint, owner);
          return { state: 'claimed' };
        },
        renew: () => true,
        finish: () => 'kept',
        release: () => {},
      },
    });
    await chat('~'.repeat(255), of('tenant-a'), {
      messages: [{ role: 'user', content: 'secret' }],
    });
    expect(seen.map((text) => text.length)).toEqual([43, 43, 36]);
  });

  test('is refused for a request that cannot be told from others', async () => {
    const provider = fakeProvider({ operations: ['raw'], script: say('x') });
    const client = createClient({
      providers: [provider],
      middleware: [idempotency({ scope: 'shared' })],
    });
    const state: CallOptions['state'] = (own) => own.set(idempotencyKey, 'k');
    const sent = client.send('raw', { body: { n: 1n } } as never, {
      model: 'fake/m',
      stream: false,
      state,
    });
    expect(await errorOf(sent)).toMatchObject({
      code: 'invalid_request',
      param: 'Idempotency-Key',
    });
  });

  test('without a scope is refused, as a cache does', async () => {
    const { chat } = setUp(undefined, { scope: () => undefined });
    expect(await errorOf(chat('k'))).toMatchObject({ code: 'configuration', param: 'scope' });
    expect((await chat(undefined)).text).toBe('answer 1');
  });
});

describe('an answer that is too large', () => {
  test.each(['whole', 'streamed'])(
    '%s is given, and its repeat is refused for good',
    async (shape) => {
      const { chat, stream, provider, results } = setUp(say('word '.repeat(200)), {
        maxAnswerBytes: 500,
      });
      const ask = async (): Promise<string> =>
        shape === 'whole' ? (await chat('k')).text : textOf(await stream('k'));
      expect((await ask()).length).toBe(1000);
      expect(await errorOf(ask())).toMatchObject({
        code: 'conflict',
        retryable: false,
        message: expect.stringContaining('too large') as string,
      });
      expect(provider.attempts.length).toBe(1);
      expect(results()).toEqual(['first', 'unkept']);
    },
  );
});

test('what is kept is the reply as the caller got it, with what layers further in made of it', async () => {
  const { stream } = setUp(say('inner'), {
    bare: [
      async (call, next) => {
        const reply = (await next(call)) as StreamReply;
        return { ...reply, meta: { ...reply.meta, servedBy: 'somebody' } };
      },
    ],
  });
  await textOf(await stream('k'));
  const again = await stream('k');
  expect(again.meta.servedBy).toBe('somebody');
  expect(await textOf(again)).toBe('inner');
});
