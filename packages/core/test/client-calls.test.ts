import {
  createClient,
  InferwayError,
  type CallOptions,
  type ChatResult,
  type Middleware,
  type Provider,
} from '@inferway/core';
import {
  accept,
  emit,
  fail,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  stall,
  usage,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from './helpers.js';

const messages = [{ role: 'user', content: 'a secret prompt' }] as const;
const model = 'fake/m';

describe('abort', () => {
  test.each([
    ['before the call', [wait(10), ...say('x')]],
    ['while it connects', [stall()]],
    ['while an answer is read', [accept(), stall()]],
    ['at a provider that does not listen', [ignoreCancel(), stall()]],
  ])('%s rejects at once with the caller’s reason as the cause', async (when, script) => {
    const provider = fakeProvider({ script });
    const client = createClient({ providers: [provider], clock: virtualClock() });
    const { controller, signal, count } = countingSignal();
    if (when === 'before the call') controller.abort('enough');
    const call = errorOf(client.chat({ model, messages }, { signal }));
    await settle();
    controller.abort('enough');
    const error = await call;
    expect(error.code).toBe('aborted');
    expect(error.cause).toBe('enough');
    expect(error.retryable).toBe(false);
    expect(error.fallbackable).toBe(false);
    expect(count()).toBe(0);
    expect(provider.open).toBe(0);
    expect(provider.attempts.length).toBe(when === 'before the call' ? 0 : 1);
  });

  test('of a running stream keeps the tokens that were reported by then', async () => {
    const provider = fakeProvider({
      script: [usage({ inputTokens: 7 }), ...say('one two').slice(0, 4), stall()],
    });
    const client = createClient({ providers: [provider] });
    const { controller, signal } = countingSignal();
    const stream = await client.chat.stream({ model, messages }, { signal });
    const reading = errorOf(stream.result);
    await settle();
    controller.abort();
    expect((await reading).usage).toEqual({ inputTokens: 7 });
  });

  test('of a running stream is thrown from the iterator with the text so far', async () => {
    const provider = fakeProvider({ script: [...say('one two').slice(0, 4), stall()] });
    const client = createClient({ providers: [provider] });
    const { controller, signal, count } = countingSignal();
    const stream = await client.chat.stream({ model, messages }, { signal });
    const texts: string[] = [];
    const reading = errorOf(
      (async () => {
        for await (const text of stream.text) texts.push(text);
      })(),
    );
    await settle();
    expect(count()).toBe(1);
    controller.abort();
    const error = await reading;
    expect(texts).toEqual(['one ']);
    expect(error.code).toBe('aborted');
    expect((error.partial as ChatResult).message.content).toEqual([{ type: 'text', text: 'one ' }]);
    expect(provider.open).toBe(0);
    expect(count()).toBe(0);
  });

  test('by the caller’s own time-out is a timeout that nothing retries', async () => {
    const client = createClient({ providers: [fakeProvider({ script: [stall()] })] });
    const error = await errorOf(
      client.chat({ model, messages }, { signal: AbortSignal.timeout(5) }),
    );
    expect(error).toMatchObject({ code: 'timeout', retryable: false, fallbackable: false });
  });

  test('one signal that stops many calls gives each an error of its own', async () => {
    const provider = fakeProvider({
      script: (_call, attempt) => [
        accept(),
        emit(
          { type: 'start' },
          { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
          { type: 'text-delta', index: 0, text: `tenant ${attempt}` },
        ),
        stall(),
      ],
    });
    const client = createClient({ providers: [provider] });
    const controller = new AbortController();
    const { signal } = controller;
    const streams = [
      await client.chat.stream({ model, messages }, { signal }),
      await client.chat.stream({ model, messages }, { signal }),
    ];
    const reads = streams.map((stream) => errorOf(stream.text as unknown as Promise<string>));
    await settle();
    controller.abort(new InferwayError('aborted', { message: 'The server stops.' }));
    const [first, second] = await Promise.all(reads);
    expect(first).not.toBe(second);
    const textOf = (error: InferwayError | undefined): unknown =>
      (error?.partial as ChatResult | undefined)?.message.content[0];
    expect(textOf(first)).toMatchObject({ text: 'tenant 1' });
    expect(textOf(second)).toMatchObject({ text: 'tenant 2' });
    expect(first?.message).toBe('The server stops.');
  });
});

describe('the deadline', () => {
  test('ends a call in any phase, also one whose provider does not listen', async () => {
    for (const script of [[stall()], [accept(), stall()], [ignoreCancel(), stall()]]) {
      const clock = virtualClock();
      const client = createClient({ providers: [fakeProvider({ script })], clock });
      const call = errorOf(client.chat({ model, messages }, { timeoutMs: 1000 }));
      await clock.advance(999);
      await clock.advance(1);
      expect(await call).toMatchObject({
        code: 'timeout',
        phase: 'total',
        retryable: false,
        fallbackable: false,
      });
      expect(clock.timers).toBe(0);
    }
  });

  test('ends a stream that trickles', async () => {
    const clock = virtualClock();
    const provider = fakeProvider({
      script: [
        accept(),
        ...Array.from({ length: 100 }, () => [
          wait(100),
          emit({ type: 'text-delta', index: 0, text: 'x' }),
        ]).flat(),
      ],
    });
    const client = createClient({ providers: [provider], clock });
    const stream = await client.chat.stream({ model, messages }, { timeoutMs: 1000 });
    const reading = errorOf(stream.text as unknown as Promise<string>);
    await clock.advance(2000);
    expect(await reading).toMatchObject({ code: 'timeout', phase: 'total' });
    expect(provider.open).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d is refused, and leaves nothing behind',
    async (timeoutMs) => {
      const provider = fakeProvider({ script: say('x') });
      const client = createClient({ providers: [provider] });
      const { signal, count } = countingSignal();
      const error = await errorOf(client.chat({ model, messages }, { timeoutMs, signal }));
      expect(error).toMatchObject({ code: 'configuration', param: 'timeoutMs' });
      expect(provider.attempts).toEqual([]);
      expect(count()).toBe(0);
    },
  );

  test('leaves no timer behind when the call is over, however it ended', async () => {
    const clock = virtualClock();
    const provider = fakeProvider({
      script: (_call, attempt) => (attempt === 2 ? [fail('server')] : say('a b')),
    });
    const client = createClient({ providers: [provider], clock });
    const options: CallOptions = { timeoutMs: 1000 };
    await client.chat({ model, messages }, options);
    await errorOf(client.chat({ model, messages }, options));
    await (
      await client.chat.stream({ model, messages }, options)
    ).result;
    (await client.chat.stream({ model, messages }, options)).cancel();
    expect(clock.timers).toBe(0);
  });
});

describe('errors', () => {
  test('say who failed and hold every attempt, but no prompt and no secret in what a log shows', async () => {
    const body = 'the provider echoes: a secret prompt';
    const client = createClient({
      providers: [
        fakeProvider({
          script: [fail(new InferwayError('server', { message: 'It failed.', status: 500, body }))],
        }),
      ],
    });
    const error = await errorOf(client.chat({ model, messages }));
    expect(error).toMatchObject({ code: 'server', provider: 'fake', model: 'm', status: 500 });
    expect(error.attempts).toMatchObject([
      { number: 1, provider: 'fake', model: 'm', error: 'server', status: 500 },
    ]);
    expect(error.body).toBe(body);
    expect(JSON.stringify(error)).not.toContain('secret prompt');
    expect(Object.keys(error)).toEqual(
      expect.not.arrayContaining(['body', 'partial', 'usage', 'attempts', 'failures', 'cause']),
    );
  });

  test('what was not thrown as an InferwayError becomes one, with the thing itself as the cause', async () => {
    const thrown = new TypeError('x is not a function');
    const broken: Provider = {
      name: 'broken',
      chat() {
        throw thrown;
      },
    };
    const client = createClient({ providers: [broken] });
    const error = await errorOf(client.chat({ model: 'broken/m', messages }));
    expect(error).toMatchObject({ code: 'internal', cause: thrown, provider: 'broken' });
    expect(error.message).not.toContain('is not a function');
  });

  test('a middleware that answers in the wrong shape is named as the fault, and a stream it gave is closed', async () => {
    const provider = fakeProvider({ script: say('x') });
    const wrong: Middleware = (call, next) => next({ ...call, stream: true } as typeof call);
    const client = createClient({ providers: [provider], middleware: [wrong] });
    expect((await errorOf(client.chat({ model, messages }))).code).toBe('internal');
    expect(provider.open).toBe(0);
  });

  test('an operation that the provider lacks is unsupported, and leads to a fallback', async () => {
    const client = createClient({
      providers: [
        fakeProvider({ script: say('x') }),
        fakeProvider({ name: 'e', operations: ['embed'], script: [] }),
      ],
    });
    const error = await errorOf(client.send('embed', { input: 'x' }, { model, stream: false }));
    expect(error).toMatchObject({ code: 'unsupported', fallbackable: true });
    expect(error.attempts).toEqual([]);
  });

  test('a model that is missing or malformed is the caller’s mistake', async () => {
    const client = createClient({ providers: [fakeProvider({ script: say('x') })] });
    for (const bad of [undefined, '', 'x', 'fake/../admin', 'fake/m#x']) {
      expect((await errorOf(client.chat({ model: bad as never, messages }))).code).toBe(
        'invalid_request',
      );
    }
  });
});

describe('discovery', () => {
  test('a provider that cannot be asked, even one that throws at once, does not hide the others', async () => {
    const good: Provider = { name: 'good', models: async () => [{ id: 'a', provider: 'good' }] };
    const rejects: Provider = {
      name: 'rejects',
      models: async () => {
        throw new InferwayError('overloaded', { message: 'later' });
      },
    };
    const throws: Provider = {
      name: 'throws',
      models() {
        throw new TypeError('broken');
      },
    };
    const { models, failures } = await createClient({
      providers: [throws, good, rejects],
    }).models();
    expect(models).toEqual([{ id: 'a', provider: 'good' }]);
    expect(failures.map(({ code }) => code)).toEqual(['internal', 'overloaded']);
  });
});

test('two providers of one name are refused when the client is made', () => {
  const one = fakeProvider({ script: [] });
  expect(() => createClient({ providers: [one, { ...one }] })).toThrow(
    /Two providers are named "fake"/u,
  );
});

test.each([0, 1.5, -1, Number.NaN])(
  '%d attempts are refused when the client is made',
  (attempts) => {
    expect(() => createClient({ providers: [], attempts })).toThrow(/attempts is/u);
  },
);

test('values for middleware are put into the state before the chain sees it', async () => {
  const seen: unknown[] = [];
  const spy: Middleware = (call, next) => {
    seen.push(call.state.startedAt);
    return next(call);
  };
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    middleware: [spy],
  });
  await client.chat({ model, messages }, { state: () => seen.push('first') });
  expect(seen[0]).toBe('first');
});

test('a call without any input rejects, so that who catches it does', async () => {
  const client = createClient({ providers: [fakeProvider({ script: say('x') })] });
  expect((await errorOf(client.chat(undefined as never))).code).toBe('invalid_request');
  expect((await errorOf(client.chat.stream(undefined as never))).code).toBe('invalid_request');
});
