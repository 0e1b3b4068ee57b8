import type { ModelInfo } from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { fallback } from '@inferway/core/middleware';
import { hedge } from '@inferway/core/resilience';
import { routeRules, type RouterOptions, type RouteTarget } from '@inferway/core/routing';
import { fail, say, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { down, messages, setUp } from './set-up.js';

const scripts = { a: say('from a'), b: say('from b') };
const either = (
  facts: Partial<ModelInfo> & { streaming?: boolean },
): Omit<RouterOptions, 'providers'> => ({
  routes: { fast: { targets: [{ model: 'a/x', facts }, 'b/y'] } },
});
const image = { type: 'image', image: { type: 'url', url: 'https://example.com/a.png' } } as const;
const tools = [{ type: 'function', name: 'f', parameters: { type: 'object' } }] as const;
const schema = { type: 'json-schema', schema: { type: 'object' } } as const;
const long = 'word '.repeat(4000);

describe('what a call needs', () => {
  test.each([
    ['tools', { tools: false }, { tools }, 'it calls no tools'],
    [
      'structured output',
      { structuredOutput: false },
      { output: schema },
      'it has no structured output',
    ],
    [
      'images',
      { inputModalities: ['text'] },
      { messages: [{ role: 'user', content: [image] }] },
      'it takes no image input',
    ],
    [
      'room',
      { contextLength: 4096 },
      { messages: [{ role: 'user', content: long }] },
      'its window holds 4096 tokens, and about 5',
    ],
    [
      'room for the answer',
      { contextLength: 1000 },
      { maxOutputTokens: 1000 },
      'its window holds 1000 tokens',
    ],
    [
      'a long answer',
      { maxOutputTokens: 500 },
      { maxOutputTokens: 501 },
      'it writes at most 500 tokens',
    ],
    ['the operation', { operations: ['embed'] }, {}, 'it is listed for embed, not for "chat"'],
  ])('%s: a target without it is left out, and told why', async (_what, facts, request, why) => {
    const json = { a: say('"a"'), b: say('"b"') };
    const { chat, router, asked } = setUp({ scripts: json, router: either(facts) });
    expect((await chat('route/fast', undefined, request)).text).toBe('"b"');
    expect(asked()).toEqual(['b/y']);
    const { leftOut } = await router.explain('route/fast', { messages, ...request });
    expect(leftOut).toEqual([{ name: 'a/x', why: expect.stringContaining(why) }]);
  });

  test('streams', async () => {
    const { stream, chat } = setUp({ scripts, router: either({ streaming: false }) });
    expect(await (await stream('route/fast')).text).toBe('from b');
    expect((await chat('route/fast')).text).toBe('from a');
  });

  test('an operation that the provider has not', async () => {
    const { router } = setUp({ scripts, router: either({}) });
    const { leftOut } = await router.explain('route/fast', { input: 'x' }, { operation: 'embed' });
    expect(leftOut.map(({ why }) => why)).toEqual(
      Array(2).fill('its provider has no operation "embed"'),
    );
  });

  test('what nobody said of a target excludes nothing, and what is not needed does not either', async () => {
    const facts = {
      tools: false,
      structuredOutput: false,
      inputModalities: ['text'],
      contextLength: 4096,
    };
    const { router } = setUp({ scripts, router: either(facts) });
    const plain = await router.explain('route/fast', { messages });
    expect(plain.candidates.map(({ name }) => name)).toEqual(['a/x', 'b/y']);
    const all = { tools, output: schema, messages: [{ role: 'user', content: [image] }] };
    const { candidates } = await router.explain('route/fast', all);
    expect(candidates.map(({ name }) => name)).toEqual(['b/y']);
  });
});

describe('when nobody is left', () => {
  test('for lack of room, the error is that of a full window', async () => {
    const { chat, asked } = setUp({
      scripts,
      router: { routes: { fast: { targets: [{ model: 'a/x', facts: { contextLength: 10 } }] } } },
    });
    const request = { messages: [{ role: 'user', content: long }] };
    const error = await errorOf(chat('route/fast', undefined, request));
    expect(error).toMatchObject({ code: 'context_length', sent: 'no' });
    expect(error.message).not.toContain('word');
    expect(asked()).toEqual([]);
  });

  test('otherwise it says of each target why', async () => {
    const { chat } = setUp({
      scripts,
      router: { routes: { fast: { targets: [{ model: 'a/x', facts: { tools: false } }] } } },
    });
    expect(await errorOf(chat('route/fast', undefined, { tools }))).toMatchObject({
      code: 'unsupported',
      retryable: false,
      fallbackable: false,
      message: expect.stringContaining('a/x: it calls no tools'),
    });
  });
});

const eu = { require: { region: 'eu' } };
const tagged: readonly RouteTarget[] = [
  { model: 'a/x', tags: { region: 'us' } },
  { model: 'b/y', tags: { region: 'eu' } },
];

describe('tags that are required', () => {
  test('of a route, and of a call: another target never serves, also not when all others failed', async () => {
    const router = { routes: { eu: { targets: tagged, ...eu }, any: { targets: tagged } } };
    const { chat, asked } = setUp({ scripts: { a: say('a'), b: down }, router });
    await errorOf(chat('route/eu'));
    await errorOf(chat('route/any', (state) => state.set(routeRules, eu)));
    expect(asked()).toEqual(['b/y', 'b/y']);
    expect((await chat('route/any')).text).toBe('a');
  });

  test('also not where all that are left rest, nor by a fallback of another layer, inside or outside', async () => {
    for (const place of ['inner', 'outer'] as const) {
      const { chat, asked } = setUp({
        scripts: { a: say('a'), b: down },
        router: {
          routes: { eu: { targets: tagged, ...eu } },
          health: ({ provider }) => (provider === 'b' ? 'rests' : undefined),
        },
        [place]: [fallback('a/x', 'a/other')],
      });
      const error = await errorOf(chat('route/eu'));
      expect(error.code).toBe('overloaded');
      expect(error.failures?.map(({ code }) => code)).toEqual([
        'overloaded',
        'unsupported',
        'unsupported',
      ]);
      expect(error.failures?.[1]?.message).toContain('it is not tagged region: eu');
      expect(asked()).toEqual(['b/y']);
    }
  });

  test('hold for the copies of a hedge', async () => {
    const { chat, clock, asked, events } = setUp({
      scripts: { a: say('from a'), b: [wait(100), ...say('from b')] },
      router: { routes: { eu: { targets: tagged, ...eu } } },
      inner: [hedge({ delayMs: 10, targets: ['a/x'], share: 1 })],
    });
    const running = chat('route/eu');
    await clock.advance(100);
    expect((await running).text).toBe('from b');
    expect(events.map(({ type }) => type)).toContain('hedge');
    expect(asked()).toEqual(['b/y']);
  });

  test('keep answers apart: neither a cache nor a call in flight gives one that another target wrote', async () => {
    for (const layer of [cache({ scope: 'shared' }), coalesce({ scope: 'shared' })]) {
      const { chat, asked } = setUp({
        scripts: { a: say('from a'), b: say('from b') },
        router: { routes: { any: { targets: tagged } } },
        outer: [layer],
      });
      const answers = await Promise.all([
        chat('route/any'),
        chat('route/any'),
        chat('route/any', (state) => state.set(routeRules, eu)),
        chat('route/any', (state) => state.set(routeRules, { require: { region: ['eu'] } })),
      ]);
      expect(answers.map(({ text }) => text)).toEqual(['from a', 'from a', 'from b', 'from b']);
      const again = await chat('route/any', (state) => state.set(routeRules, eu));
      expect(again.text).toBe('from b');
      expect(asked().length).toBeLessThan(5);
    }
  });

  test('hold for a model that the call names itself', async () => {
    const { chat, asked } = setUp({
      scripts,
      router: {
        routes: { any: { targets: tagged } },
        tags: { 'a/*': { region: 'us' }, 'b/*': { region: 'us' }, 'b/in-eu': { region: 'eu' } },
      },
    });
    const put = (state: Parameters<NonNullable<Parameters<typeof chat>[1]>>[0]) =>
      state.set(routeRules, eu);
    expect(await errorOf(chat('a/x', put))).toMatchObject({ code: 'unsupported', sent: 'no' });
    expect(await errorOf(chat('b/y', put))).toMatchObject({ code: 'unsupported' });
    expect((await chat('b/in-eu', put)).text).toBe('from b');
    expect(asked()).toEqual(['b/in-eu']);
  });

  test('of a route within a route hold for its own targets, and those around it for all', async () => {
    const targets = [
      { model: 'a/x', tags: { region: 'eu', retention: 'none' } },
      { model: 'a/y', tags: { region: 'eu' } },
      { model: 'b/x', tags: { region: 'us', retention: 'none' } },
    ];
    const { router, chat, asked } = setUp({
      scripts: { a: down, b: say('b') },
      router: {
        tags: { 'b/k': { region: 'eu' } },
        routes: {
          private: { targets, require: { retention: 'none' } },
          all: {
            targets: ['route/private', { model: 'b/y', tags: { region: 'eu' } }, 'b/z'],
            ...eu,
          },
        },
      },
      inner: [fallback('b/k')],
    });
    const { candidates, leftOut } = await router.explain('route/all', { messages });
    expect(candidates.map(({ name }) => name)).toEqual(['a/x', 'b/y']);
    expect(leftOut.map(({ name }) => name)).toEqual(['a/y', 'b/x', 'b/z']);
    // While a target of the inner route is tried, its rules hold for the fallback too; the outer route may go on.
    expect((await chat('route/all')).meta).toMatchObject({ provider: 'b', model: 'y' });
    expect(asked()).toEqual(['a/x', 'b/y']);
  });

  test('a target that an inner route keeps out may serve for the outer one, and is not told as left out', async () => {
    const { router } = setUp({
      scripts,
      router: {
        tags: { 'a/*': { region: 'eu' } },
        routes: {
          strict: { targets: ['a/x', { model: 'b/x', tags: { region: 'eu' } }], deny: ['a/x'] },
          all: { targets: ['route/strict', { model: 'a/x', tags: { retention: 'none' } }], ...eu },
        },
      },
    });
    const { candidates, leftOut } = await router.explain('route/all', { messages });
    expect(candidates.map(({ name, tags }) => [name, tags])).toEqual([
      ['b/x', { region: 'eu' }],
      ['a/x', { region: 'eu', retention: 'none' }],
    ]);
    expect(leftOut).toEqual([]);
  });

  test('one of several values will do, and a name that every object has is no tag', async () => {
    const { router } = setUp({ scripts, router: { routes: { any: { targets: tagged } } } });
    const explain = (require: Record<string, string | string[]>) =>
      router.explain(
        'route/any',
        { messages },
        { state: (state) => state.set(routeRules, { require }) },
      );
    expect((await explain({ region: ['eu', 'us'] })).candidates).toHaveLength(2);
    expect((await explain({ region: ['ch'] })).candidates).toHaveLength(0);
    expect((await explain({ constructor: 'Object' })).candidates).toHaveLength(0);
  });
});

describe('allow and deny', () => {
  test('of the route, of discovery and of the call all hold', async () => {
    const listings = { a: [{ id: 'm' }, { id: 'n' }], b: [{ id: 'm' }] };
    const { router, chat, asked } = setUp({
      scripts: { a: [fail('server')], b: say('b') },
      router: {
        auto: { deny: ['b/m'] },
        routes: { any: { targets: ['a/n', 'b/k', 'auto/m'], allow: ['a/*', 'b/m'] } },
      },
      listings,
      inner: [fallback('b/m')],
    });
    const { candidates, leftOut } = await router.explain('route/any', { messages });
    expect(candidates.map(({ name }) => name)).toEqual(['a/n', 'a/m']);
    expect(leftOut).toEqual([
      { name: 'b/k', why: 'it is not among the allowed' },
      { name: 'b/m', why: 'it is denied' },
    ]);
    await errorOf(chat('auto/m'));
    expect(asked()).toEqual(['a/m']);
    const deny = await router.explain(
      'route/any',
      { messages },
      { state: (state) => state.set(routeRules, { deny: ['a/n'] }) },
    );
    expect(deny.candidates.map(({ name }) => name)).toEqual(['a/m']);
  });
});
