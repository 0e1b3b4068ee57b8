import {
  attemptBudget,
  createClient,
  type ChatResult,
  type InferwayError,
  type Middleware,
} from '@inferway/core';
import { fallback, retry } from '@inferway/core/middleware';
import {
  fail,
  fakeError,
  fakeProvider,
  ignoreCancel,
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

function setUp(
  scripts: Readonly<Record<string, Script>>,
  middleware: readonly Middleware[],
  attempts?: number,
) {
  const clock = virtualClock();
  const providers = Object.entries(scripts).map(([name, script]) => fakeProvider({ name, script }));
  const client = createClient({ providers, middleware, clock, attempts });
  const asked = (): string[] =>
    providers
      .flatMap((provider) => provider.attempts)
      .toSorted((a, b) => a.at - b.at)
      .map(({ call }) => `${call.model.provider}/${call.model.id}`);
  return { clock, client, providers, asked };
}

const down: Script = [fail('overloaded')];

test('the next target answers when the first fails, and says so', async () => {
  const { client } = setUp({ a: down, b: say('from b') }, [fallback('b/y')]);
  const answer = await client.chat({ model: 'a/x', messages });
  expect(answer.text).toBe('from b');
  expect(answer.meta).toMatchObject({
    provider: 'b',
    model: 'y',
    attempts: [
      { provider: 'a', model: 'x', error: 'overloaded' },
      { provider: 'b', model: 'y' },
    ],
  });
});

test('the request goes to the other target unchanged', async () => {
  const { client, providers } = setUp({ a: down, b: say('x') }, [fallback('b/y')]);
  await client.chat({ model: 'a/x', messages, temperature: 0.5 });
  expect(providers[1]?.attempts[0]?.call.request).toEqual({ messages, temperature: 0.5 });
});

test('a stream that fails before its first content falls back, and its preamble is not shown', async () => {
  const { client, providers } = setUp(
    { a: [...say('lost').slice(0, 3), fail('stream_interrupted')], b: say('from b') },
    [fallback('b/y')],
  );
  const stream = await client.chat.stream({ model: 'a/x', messages });
  const starts: string[] = [];
  for await (const event of stream) if (event.type === 'start') starts.push(event.type);
  expect(starts).toEqual(['start']);
  expect((await stream.result).text).toBe('from b');
  expect(providers[0]?.open).toBe(0);
});

test('a stream that fails after its first content does not (F59)', async () => {
  const { client, asked } = setUp(
    { a: [...say('so far').slice(0, 4), fail('stream_interrupted')], b: say('from b') },
    [fallback('b/y')],
  );
  const stream = await client.chat.stream({ model: 'a/x', messages });
  const error = await errorOf(stream.text as unknown as Promise<string>);
  expect(error.code).toBe('stream_interrupted');
  expect((error.partial as ChatResult).message.content).toMatchObject([{ text: 'so ' }]);
  expect(asked()).toEqual(['a/x']);
});

describe('which errors lead on', () => {
  test.each([
    'invalid_request',
    'context_length',
    'content_filter',
    'too_large',
    'budget',
    'configuration',
    'conflict',
    'not_found',
  ] as const)('%s does not', async (code) => {
    const { client, asked } = setUp({ a: [fail(code)], b: say('x') }, [fallback('b/y')]);
    expect((await errorOf(client.chat({ model: 'a/x', messages }))).code).toBe(code);
    expect(asked()).toEqual(['a/x']);
  });

  test('a rule of one’s own decides', async () => {
    const on = (error: InferwayError) => error.code === 'content_filter';
    const { client } = setUp({ a: [fail('content_filter')], b: say('x') }, [
      fallback({ targets: ['b/y'], on }),
    ]);
    expect((await client.chat({ model: 'a/x', messages })).text).toBe('x');
    const other = setUp({ a: down, b: say('x') }, [fallback({ targets: ['b/y'], on })]);
    expect((await errorOf(other.client.chat({ model: 'a/x', messages }))).code).toBe('overloaded');
  });

  test('a rule may name a code beside those that lead on by themselves', async () => {
    const on = (error: InferwayError) => error.fallbackable || error.code === 'not_found';
    for (const code of ['not_found', 'overloaded', 'content_filter'] as const) {
      const { client, asked } = setUp({ a: [fail(code)], b: say('x') }, [
        fallback({ targets: ['b/y'], on }),
      ]);
      await client.chat({ model: 'a/x', messages }).catch(() => {});
      expect(asked()).toEqual(code === 'content_filter' ? ['a/x'] : ['a/x', 'b/y']);
    }
  });

  test('a target with a rule of its own is passed over by other errors', async () => {
    const large = {
      model: 'large/z',
      when: ({ code }: InferwayError) => code === 'context_length',
    };
    const full = setUp({ a: [fail('context_length')], b: say('b'), large: say('large') }, [
      fallback('b/y', large),
    ]);
    expect((await full.client.chat({ model: 'a/x', messages })).text).toBe('large');
    expect(full.asked()).toEqual(['a/x', 'large/z']);
    const busy = setUp({ a: down, large: say('large'), b: say('b') }, [fallback(large, 'b/y')]);
    expect((await busy.client.chat({ model: 'a/x', messages })).text).toBe('b');
    expect(busy.asked()).toEqual(['a/x', 'b/y']);
  });
});

describe('when all fail', () => {
  test('the first error is thrown, with the whole chain and the error of each target (F60)', async () => {
    const { client } = setUp({ a: down, b: [fail('server')], c: [fail('rate_limit')] }, [
      fallback('b/y', 'c/z'),
    ]);
    const error = await errorOf(client.chat({ model: 'a/x', messages }));
    expect(error).toMatchObject({ code: 'overloaded', provider: 'a', model: 'x' });
    expect(error.attempts?.map(({ provider, error: code }) => [provider, code])).toEqual([
      ['a', 'overloaded'],
      ['b', 'server'],
      ['c', 'rate_limit'],
    ]);
    expect(error.failures?.map(({ code }) => code)).toEqual(['overloaded', 'server', 'rate_limit']);
    expect(error.failures?.[0]).toBe(error);
    expect(JSON.stringify(error)).not.toContain('failures');
  });

  test('a target that is no provider here counts as failed and ends the list', async () => {
    const { client } = setUp({ a: down }, [fallback('nobody/x')]);
    const error = await errorOf(client.chat({ model: 'a/x', messages }));
    expect(error.failures?.map(({ code }) => code)).toEqual(['overloaded', 'not_found']);
  });
});

describe('what stops it', () => {
  test('the caller', async () => {
    for (const script of [[stall()], [ignoreCancel(), stall()]]) {
      const { client, asked } = setUp({ a: script, b: say('x') }, [fallback('b/y')]);
      const { controller, signal, count } = countingSignal();
      const call = errorOf(client.chat({ model: 'a/x', messages }, { signal }));
      await settle();
      controller.abort();
      expect((await call).code).toBe('aborted');
      await settle();
      expect(asked()).toEqual(['a/x']);
      expect(count()).toBe(0);
    }
  });

  test('the deadline', async () => {
    const { client, clock, asked } = setUp({ a: [stall()], b: say('x') }, [fallback('b/y')]);
    const call = errorOf(client.chat({ model: 'a/x', messages }, { timeoutMs: 100 }));
    await clock.advance(100);
    expect(await call).toMatchObject({ code: 'timeout', phase: 'total' });
    await clock.advance(1000);
    expect(asked()).toEqual(['a/x']);
  });

  test('the attempt budget', async () => {
    const { client, asked } = setUp({ a: down, b: down, c: say('x') }, [fallback('b/y', 'c/z')], 2);
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(asked()).toEqual(['a/x', 'b/y']);
  });
});

describe('the shared attempt budget', () => {
  test('retries of the first target leave room for the others', async () => {
    const { client, clock, asked } = setUp({ a: down, b: down, c: say('from c') }, [
      fallback('b/y', 'c/z'),
      retry({ attempts: 10 }),
    ]);
    const call = client.chat({ model: 'a/x', messages });
    await clock.advance(600_000);
    expect((await call).text).toBe('from c');
    expect(asked()).toEqual(['a/x', 'a/x', 'b/y', 'c/z']);
  });

  test('each target has the retries of its own', async () => {
    const flaky: Script = (_call, attempt) =>
      attempt === 1 ? [fail('server')] : say('second try');
    const { client, clock, asked } = setUp(
      { a: down, b: flaky },
      [fallback('b/y'), retry({ attempts: 2 })],
      6,
    );
    const call = client.chat({ model: 'a/x', messages });
    await clock.advance(600_000);
    expect((await call).text).toBe('second try');
    expect(asked()).toEqual(['a/x', 'a/x', 'b/y', 'b/y']);
  });

  test('what it keeps back is given back, also to a fallback around it', async () => {
    let reserved: number | undefined;
    const spy: Middleware = (call, next) => {
      reserved ??= attemptBudget(call.state).reserved;
      return next(call);
    };
    let after: number | undefined;
    const outside: Middleware = async (call, next) => {
      try {
        return await next(call);
      } finally {
        after = attemptBudget(call.state).reserved;
      }
    };
    const { client, clock, asked } = setUp(
      { a: down, b: down, c: say('from c') },
      [fallback('c/z'), outside, fallback('b/y'), spy, retry({ attempts: 10 })],
      5,
    );
    const call = client.chat({ model: 'a/x', messages });
    await clock.advance(600_000);
    expect((await call).text).toBe('from c');
    expect(reserved).toBe(2);
    // The inner one gave back its own, and left alone what the outer one keeps.
    expect(after).toBe(0);
    expect(asked()).toEqual(['a/x', 'a/x', 'a/x', 'b/y', 'c/z']);
  });

  test('nothing stays reserved after success, failure and a list that did not apply', async () => {
    const seen: number[] = [];
    const spy: Middleware = async (call, next) => {
      try {
        return await next(call);
      } finally {
        seen.push(attemptBudget(call.state).reserved);
      }
    };
    for (const scripts of [
      { a: down, b: say('x') },
      { a: down, b: down },
      { a: [fail('too_large')], b: down },
    ]) {
      const { client } = setUp(scripts as Record<string, Script>, [spy, fallback('b/y')]);
      await client.chat({ model: 'a/x', messages }).catch(() => undefined);
    }
    expect(seen).toEqual([0, 0, 0]);
  });
});

describe('which targets', () => {
  test('one that was asked already is left out, the asked model included', async () => {
    const { client, asked } = setUp({ a: down, b: down }, [fallback('a/x', 'b/y', 'b/y', 'a/x')]);
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(asked()).toEqual(['a/x', 'b/y']);
  });

  test('a table gives each model its own list, and the rest theirs', async () => {
    const layers = [fallback({ targets: { 'a/x': ['b/y'], 'b/y': ['a/x'], '*': ['c/z'] } })];
    const { client, asked } = setUp({ a: down, b: down, c: say('c') }, layers);
    // Lists are not chained: from a to b, and no further.
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(asked()).toEqual(['a/x', 'b/y']);
    expect((await client.chat({ model: 'a/other', messages })).text).toBe('c');
  });

  test('a model that no list names goes its way alone', async () => {
    const { client, asked } = setUp({ a: down, b: say('x') }, [
      fallback({ targets: { 'a/y': ['b/y'] } }),
    ]);
    await errorOf(client.chat({ model: 'a/x', messages }));
    expect(asked()).toEqual(['a/x']);
  });

  test('a function gives the list of the moment', async () => {
    const { client } = setUp({ a: down, b: say('b') }, [
      fallback({ targets: ({ id }) => (id === 'x' ? [{ provider: 'b', id: 'y' }] : undefined) }),
    ]);
    expect((await client.chat({ model: 'a/x', messages })).text).toBe('b');
    expect((await errorOf(client.chat({ model: 'a/z', messages }))).code).toBe('overloaded');
  });
});

describe('lists that cannot work are refused when built', () => {
  test.each([
    ['empty', () => fallback()],
    ['an empty list', () => fallback({ targets: [] })],
    ['an empty table', () => fallback({ targets: {} })],
    ['an empty list in a table', () => fallback({ targets: { 'a/x': [] } })],
    ['a model without a provider', () => fallback('gpt-5')],
    ['a path in a model', () => fallback('a/../b')],
    ['no model at all', () => fallback(undefined as never)],
    ['a ruled target without a model', () => fallback({ model: undefined as never })],
    ['a model that falls back to itself', () => fallback({ targets: { 'a/x': ['b/y', 'a/x'] } })],
    ['a key that is no model', () => fallback({ targets: { gpt: ['b/y'] } })],
  ])('%s', (_name, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'configuration', param: 'targets' }));
  });
});

test('a fallback waits for each target and no longer', async () => {
  const { client, clock } = setUp({ a: [wait(10), fail('server')], b: [wait(20), ...say('x')] }, [
    fallback('b/y'),
  ]);
  const call = client.chat({ model: 'a/x', messages });
  await clock.advance(30);
  expect((await call).text).toBe('x');
});

test('an error given more than once tells of each target', async () => {
  const shared = fakeError('overloaded');
  const { client } = setUp({ a: [fail(shared)], b: [fail('server')] }, [fallback('b/y')]);
  expect((await errorOf(client.chat({ model: 'a/x', messages }))).failures?.length).toBe(2);
});
