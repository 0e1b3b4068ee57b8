import { caller, createClient, type InferwayError, type State } from '@inferway/core';
import { retry, standard, fallback } from '@inferway/core/middleware';
import {
  cascade,
  createRouter,
  preferred,
  route,
  routeRules,
  weighted,
} from '@inferway/core/routing';
import {
  fail,
  fakeError,
  ignoreCancel,
  say,
  settle,
  stall,
  wait,
  type Script,
} from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { down, messages, setUp } from './set-up.js';

const fast = (...targets: string[]) => ({ routes: { fast: { targets } } });

test('a route sends the call to its first target, says so, and tells why', async () => {
  const { chat, events, asked } = setUp({
    scripts: { a: say('from a'), b: say('from b') },
    router: fast('a/x', 'b/y'),
  });
  const answer = await chat('route/fast');
  expect(answer.text).toBe('from a');
  expect(answer.meta).toMatchObject({ provider: 'a', model: 'x' });
  expect(asked()).toEqual(['a/x']);
  expect(events).toEqual([
    {
      type: 'route',
      route: 'route/fast',
      chosen: 'a/x',
      policy: 'preferred',
      candidates: 2,
      reason: 'policy',
    },
  ]);
});

test('the next target answers when the first fails, also where the stream broke before its content', async () => {
  const broken: Script = [...say('lost').slice(0, 3), fail('stream_interrupted')];
  const { chat, stream, asked, providers } = setUp({
    scripts: { a: broken, b: say('from b') },
    router: fast('a/x', 'b/y'),
  });
  const answer = await chat('route/fast');
  expect(answer.text).toBe('from b');
  expect(answer.meta.attempts).toMatchObject([{ error: 'stream_interrupted' }, { provider: 'b' }]);
  const streamed = await stream('route/fast');
  const starts: string[] = [];
  for await (const event of streamed) if (event.type === 'start') starts.push(event.type);
  expect(starts).toEqual(['start']);
  expect(asked()).toEqual(['a/x', 'b/y', 'a/x', 'b/y']);
  expect(providers[0]?.open).toBe(0);
});

test('after its first content a stream goes nowhere else (F59)', async () => {
  const { stream, asked } = setUp({
    scripts: { a: [...say('so far').slice(0, 4), fail('stream_interrupted')], b: say('from b') },
    router: fast('a/x', 'b/y'),
  });
  const error = await errorOf((await stream('route/fast')).text as unknown as Promise<string>);
  expect(error.code).toBe('stream_interrupted');
  expect(asked()).toEqual(['a/x']);
});

test('when all fail the first error is thrown, with those of all (F60)', async () => {
  const { chat } = setUp({
    scripts: { a: down, b: [fail('server')], c: [fail('rate_limit')] },
    router: fast('a/x', 'b/y', 'c/z'),
  });
  const error = await errorOf(chat('route/fast'));
  expect(error).toMatchObject({ code: 'overloaded', provider: 'a', model: 'x' });
  expect(error.failures?.map(({ code }) => code)).toEqual(['overloaded', 'server', 'rate_limit']);
});

test('an error that no other target would mend ends it, unless the route says otherwise', async () => {
  const scripts = { a: [fail('content_filter')], b: say('b') };
  const strict = setUp({ scripts, router: fast('a/x', 'b/y') });
  expect((await errorOf(strict.chat('route/fast'))).code).toBe('content_filter');
  const on = ({ code }: InferwayError) => code === 'content_filter';
  const loose = setUp({ scripts, router: { routes: { fast: { targets: ['a/x', 'b/y'], on } } } });
  expect((await loose.chat('route/fast')).text).toBe('b');
});

describe('a model that is not there', () => {
  test('leads to the next target of the route, whole and streamed, and of a cascade', async () => {
    const scripts = { a: [fail('not_found')], b: say('from b') };
    const { chat, stream, asked } = setUp({ scripts, router: fast('a/gone', 'b/y') });
    expect((await chat('route/fast')).text).toBe('from b');
    expect(await (await stream('route/fast')).text).toBe('from b');
    expect(asked()).toEqual(['a/gone', 'b/y', 'a/gone', 'b/y']);
    const policy = cascade({ check: () => true });
    const tall = setUp({
      scripts,
      router: { routes: { fast: { targets: ['a/gone', 'b/y'], policy } } },
    });
    expect((await tall.chat('route/fast')).text).toBe('from b');
  });

  test('ends the call where the route has a rule of its own that does not name it', async () => {
    const { chat, asked } = setUp({
      scripts: { a: [fail('not_found')], b: say('from b') },
      router: {
        routes: { fast: { targets: ['a/gone', 'b/y'], on: (error) => error.fallbackable } },
      },
    });
    expect((await errorOf(chat('route/fast'))).code).toBe('not_found');
    expect(asked()).toEqual(['a/gone']);
  });

  test('is not a provider that nobody has here, which is a mistake of the route', async () => {
    const { chat, asked } = setUp({
      scripts: { b: say('from b') },
      router: fast('nobody/x', 'b/y'),
      known: false,
    });
    expect((await errorOf(chat('route/fast'))).message).toContain('No provider is named "nobody"');
    expect(asked()).toEqual([]);
  });

  test('nor a result that is gone after it was made: to make it again is to pay again', async () => {
    const gone = fail(fakeError('not_found', { status: 404, sent: 'maybe' }));
    const { chat, asked } = setUp({
      scripts: { a: [gone], b: say('from b') },
      router: fast('a/x', 'b/y'),
    });
    expect((await errorOf(chat('route/fast'))).code).toBe('not_found');
    expect(asked()).toEqual(['a/x']);
  });
});

test('a full window leads only to a target whose window is known to be larger', async () => {
  const contextLength = (tokens: number) => ({ facts: { contextLength: tokens } });
  const { chat, asked } = setUp({
    scripts: { a: [fail('context_length')], b: say('b'), c: say('c'), d: say('d') },
    router: {
      routes: {
        fast: {
          targets: [
            { model: 'a/x', ...contextLength(8000) },
            { model: 'b/x', ...contextLength(8000) },
            'c/x',
            { model: 'd/x', ...contextLength(9000) },
          ],
        },
      },
    },
  });
  expect((await chat('route/fast')).text).toBe('d');
  expect(asked()).toEqual(['a/x', 'd/x']);
});

describe('the shared budget', () => {
  test('of attempts: retries of the first leave room for the others, and no more are made', async () => {
    const { chat, clock, asked } = setUp({
      scripts: { a: down, b: down, c: say('from c') },
      router: fast('a/x', 'b/y', 'c/z'),
      inner: [retry({ attempts: 10 })],
    });
    const running = chat('route/fast');
    await clock.advance(600_000);
    expect((await running).text).toBe('from c');
    expect(asked()).toEqual(['a/x', 'a/x', 'b/y', 'c/z']);
    const short = setUp({
      scripts: { a: down, b: down, c: say('c') },
      router: fast('a/x', 'b/y', 'c/z'),
      attempts: 2,
    });
    await errorOf(short.chat('route/fast'));
    expect(short.asked()).toEqual(['a/x', 'b/y']);
  });

  test('of time: nothing is begun after the deadline', async () => {
    const { client, clock, asked } = setUp({
      scripts: { a: [stall()], b: say('b') },
      router: fast('a/x', 'b/y'),
    });
    const running = errorOf(client.chat({ model: 'route/fast', messages }, { timeoutMs: 100 }));
    await clock.advance(1000);
    expect(await running).toMatchObject({ code: 'timeout', phase: 'total' });
    expect(asked()).toEqual(['a/x']);
  });
});

test('the caller stops it, and nothing is left behind', async () => {
  for (const script of [[stall()], [ignoreCancel(), stall()]]) {
    const { client, clock, asked } = setUp({
      scripts: { a: script, b: say('b') },
      router: fast('a/x', 'b/y'),
    });
    const { controller, signal, count } = countingSignal();
    const running = errorOf(client.chat({ model: 'route/fast', messages }, { signal }));
    await settle();
    controller.abort();
    expect((await running).code).toBe('aborted');
    await settle();
    expect(asked()).toEqual(['a/x']);
    expect(count()).toBe(0);
    expect(clock.timers).toBe(0);
  }
});

test('other calls pass untouched', async () => {
  const { chat, asked, events } = setUp({ scripts: { a: say('a') }, router: fast('a/x') });
  expect((await chat('a/other')).text).toBe('a');
  expect(asked()).toEqual(['a/other']);
  expect(events).toEqual([]);
});

test('a route that is none, and auto without providers, are refused with the cure', async () => {
  const { chat, asked } = setUp({ scripts: { a: say('a') }, router: fast('a/x'), known: false });
  expect(await errorOf(chat('route/slow'))).toMatchObject({
    code: 'not_found',
    fallbackable: false,
    message: expect.stringContaining('Known: fast'),
  });
  expect(await errorOf(chat('auto/x'))).toMatchObject({
    code: 'configuration',
    param: 'providers',
  });
  expect(asked()).toEqual([]);
});

describe('a route as a target', () => {
  const scripts = { a: say('a'), b: say('b'), c: say('c') };

  test('stands for what it would choose, in the order of its own policy', async () => {
    const { router } = setUp({
      scripts,
      router: {
        routes: {
          eu: { targets: ['a/x', 'b/x'], policy: (candidates) => candidates.toReversed() },
          all: { targets: ['route/eu', 'c/x', 'a/x'], policy: preferred() },
        },
      },
    });
    const { candidates } = await router.explain('route/all', { messages });
    expect(candidates.map(({ name }) => name)).toEqual(['b/x', 'a/x', 'c/x']);
  });

  test('counts by its own weight', async () => {
    const { router } = setUp({
      scripts,
      router: {
        routes: {
          none: { targets: ['a/x'] },
          all: { targets: [{ model: 'route/none', weight: 0 }, 'c/x'], policy: weighted() },
        },
      },
    });
    const { candidates } = await router.explain('route/all', { messages });
    expect(candidates.map(({ name }) => name)).toEqual(['c/x', 'a/x']);
  });
});

test('a policy that gives what is no candidate, or one twice, is not followed there', async () => {
  const outsider = {
    name: 'b/y',
    model: { provider: 'b', id: 'y' },
    weight: 1,
    tags: {},
    facts: {},
  };
  const { chat, router, asked } = setUp({
    scripts: { a: down, b: say('b') },
    router: {
      routes: {
        odd: {
          targets: ['a/x', 'a/y'],
          policy: ([first]) => [outsider, first ?? outsider, first ?? outsider],
        },
      },
    },
  });
  await errorOf(chat('route/odd'));
  expect(asked()).toEqual(['a/x']);
  const { leftOut } = await router.explain('route/odd', { messages });
  expect(leftOut).toEqual([{ name: 'a/y', why: 'the policy (policy) leaves it out' }]);
});

describe('targets that rest', () => {
  test('go behind the others, in any policy, and are tried when those failed', async () => {
    const resting = new Set(['a/x']);
    const { chat, asked, events } = setUp({
      scripts: { a: say('a'), b: down },
      router: {
        ...fast('a/x', 'b/y'),
        health: ({ provider, id }) => (resting.has(`${provider}/${id}`) ? 'told so' : undefined),
      },
    });
    expect((await chat('route/fast')).text).toBe('a');
    expect(asked()).toEqual(['b/y', 'a/x']);
    resting.add('b/y');
    await chat('route/fast');
    expect(events.at(-1)).toMatchObject({ type: 'route', chosen: 'a/x', reason: 'all resting' });
  });

  test('by a layer that knows the state of targets: open rests, half-open is tried', async () => {
    const states: Record<string, string> = { 'a/x': 'open', 'b/y': 'half-open' };
    const breaker = {
      stateOf: ({ model }: { model: { provider: string; id: string } }) =>
        states[`${model.provider}/${model.id}`] ?? 'closed',
    };
    const { router } = setUp({
      scripts: { a: say('a'), b: say('b') },
      router: { ...fast('a/x', 'b/y'), health: [breaker, () => undefined] },
    });
    const { candidates } = await router.explain('route/fast', { messages });
    expect(candidates).toMatchObject([
      { name: 'b/y', resting: undefined },
      { name: 'a/x', resting: 'its circuit breaker is open' },
    ]);
  });
});

describe('a target that asks to wait', () => {
  const busy = (retryAfterMs: number) => fail(fakeError('rate_limit', { retryAfterMs }));

  test('is behind the others for that long, for the tenant whose call it was', async () => {
    let script: Script = [busy(2000)];
    const { chat, clock, asked } = setUp({
      scripts: {
        a: (call, attempt) => (typeof script === 'function' ? script(call, attempt) : script),
        b: say('b'),
      },
      router: fast('a/x', 'b/y'),
    });
    const put = (tenant: string) => (state: State) => state.set(caller, { tenant });
    await chat('route/fast', put('t1'));
    await chat('route/fast', put('t1'));
    expect(asked()).toEqual(['a/x', 'b/y', 'b/y']);
    await chat('route/fast', put('t2'));
    expect(asked().slice(3)).toEqual(['a/x', 'b/y']);
    await clock.advance(1999);
    await chat('route/fast', put('t1'));
    await clock.advance(1);
    script = say('a');
    await chat('route/fast', put('t1'));
    expect(asked().slice(5)).toEqual(['b/y', 'a/x']);
  });

  test('is looked at again after five minutes at most, and at once when it answers', async () => {
    let down = true;
    const { chat, clock, router } = setUp({
      scripts: {
        a: () => (down ? [busy(86_400_000)] : say('a')),
        b: () => (down ? [fail('server')] : say('b')),
      },
      router: fast('a/x', 'b/y'),
    });
    const order = async () =>
      (await router.explain('route/fast', { messages })).candidates.map(({ name, resting }) => [
        name,
        resting,
      ]);
    await chat('route/fast').catch(() => undefined);
    expect(await order()).toEqual([
      ['b/y', undefined],
      ['a/x', 'it asked to wait'],
    ]);
    await clock.advance(300_000);
    expect(await order()).toEqual([
      ['a/x', undefined],
      ['b/y', undefined],
    ]);
    await chat('route/fast').catch(() => undefined);
    down = false;
    await chat('route/fast', (state) => state.set(routeRules, { deny: ['b/y'] }));
    expect(await order()).toEqual([
      ['a/x', undefined],
      ['b/y', undefined],
    ]);
  });
});

test('the router stands in its place of the standard chain: retries and costs are of the targets', async () => {
  const base = setUp({
    scripts: { a: [wait(1), fail('server')], b: say('from b') },
    router: fast('a/x', 'b/y'),
  });
  const router = createRouter({ ...fast('a/x', 'b/y'), clock: base.clock });
  const client = createClient({
    providers: base.providers,
    clock: base.clock,
    middleware: standard({ route: route(router) }),
  });
  const running = client.chat({ model: 'route/fast', messages });
  await base.clock.advance(60_000);
  expect((await running).meta.attempts).toMatchObject([
    { provider: 'a', cost: { known: true, total: 0 } },
    { provider: 'a' },
    { provider: 'a' },
    { provider: 'b', cost: { known: false, reason: 'no-price' } },
  ]);
});

test('a fallback within the route goes on from the target that was chosen', async () => {
  const { chat, asked } = setUp({
    scripts: { a: down, b: say('b'), c: say('c') },
    router: fast('a/x', 'c/z'),
    inner: [fallback({ targets: { 'a/x': ['b/y'] } })],
  });
  expect((await chat('route/fast')).text).toBe('b');
  expect(asked()).toEqual(['a/x', 'b/y']);
});
