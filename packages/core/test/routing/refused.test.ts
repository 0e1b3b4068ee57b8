import type { InferwayError } from '@inferway/core';
import { fallback, standard } from '@inferway/core/middleware';
import {
  cascade,
  createRouter,
  fastest,
  memorySpeeds,
  routeRules,
  weighted,
  type RouterOptions,
} from '@inferway/core/routing';
import { fakeProvider, say } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';
import { setUp } from './set-up.js';

const providers = [fakeProvider({ name: 'a', script: say('a') })];
const one = (options: object): RouterOptions => ({
  routes: { fast: { targets: ['a/x'], ...options } },
});
const targets = (...given: unknown[]): RouterOptions =>
  ({ routes: { fast: { targets: given } } }) as RouterOptions;

describe('a router that could not work is refused when it is made', () => {
  const cases: readonly (readonly [
    what: string,
    options: RouterOptions,
    param: string,
    told?: string,
  ])[] = [
    ['nothing to route', {}, 'routes'],
    ['no target', targets(), 'targets', 'route "fast"'],
    ['no list of targets', { routes: { fast: {} as never } }, 'targets'],
    ['a target without a provider', targets('gpt-5'), 'targets', 'target 1'],
    ['a path in a target', targets('a/../b'), 'targets'],
    ['a target that is nothing', targets(undefined), 'targets'],
    [
      'a target twice',
      targets('a/x', 'b/y', { model: 'a/x', weight: 2 }),
      'targets',
      'named twice',
    ],
    ['an unknown provider', { ...targets('a/x', 'b/y'), providers }, 'targets', 'Known: a'],
    [
      'an unknown provider that is denied',
      { ...one({ deny: ['b/*'] }), providers },
      'deny',
      'Known: a',
    ],
    ['an unknown provider that is allowed', { ...one({ allow: ['b/x'] }), providers }, 'allow'],
    [
      'an unknown provider that is tagged',
      { ...one({}), providers, tags: { 'b/*': { region: 'eu' } } },
      'tags',
    ],
    [
      'an unknown provider behind an alias',
      { providers, auto: { aliases: { m: ['b/m'] } } },
      'targets',
    ],
    ['an alias for nothing', { providers, auto: { aliases: { m: [] } } }, 'aliases'],
    [
      'a model that is not in the catalogue',
      { ...targets('a/x', 'a/y'), catalogue: [{ provider: 'a', id: 'x' }] },
      'targets',
      'a/y is not in the catalogue',
    ],
    ['a route that names itself', targets('route/fast'), 'targets', 'fast → fast'],
    ['a route that is none', targets('route/slow'), 'targets', 'Known: fast'],
    ['a name that no call could write', { routes: { 'a b?': { targets: ['a/x'] } } }, 'routes'],
    ['a negative weight', targets({ model: 'a/x', weight: -1 }), 'weight', '-1'],
    ['a weight that is no number', targets({ model: 'a/x', weight: Number.NaN }), 'weight'],
    ['an endless weight', targets({ model: 'a/x', weight: Number.POSITIVE_INFINITY }), 'weight'],
    [
      'no share for anyone',
      { routes: { fast: { targets: [{ model: 'a/x', weight: 0 }], policy: weighted() } } },
      'weight',
    ],
    ['a policy that is none', one({ policy: {} }), 'policy'],
    ['a policy by its name', one({ policy: 'cheapest' }), 'policy'],
    ['a window of nothing', targets({ model: 'a/x', facts: { contextLength: 0 } }), 'facts'],
    ['a speed that is none', targets({ model: 'a/x', facts: { ttftMs: -1 } }), 'facts', 'ttftMs'],
    [
      'a price below nothing',
      targets({ model: 'a/x', facts: { prices: { input: -1, output: 0 } } }),
      'facts',
      'prices.input',
    ],
    ['a tag without a value', targets({ model: 'a/x', tags: { region: '' } }), 'tags'],
    [
      'a requirement that no target meets',
      one({ require: { region: 'eu' } }),
      'require',
      'a/x: it is not tagged region: eu',
    ],
    ['a requirement without a value', one({ require: { region: [] } }), 'require'],
    ['an empty allow', one({ allow: [] }), 'allow'],
    ['allow that is no list', one({ allow: 'a/x' }), 'allow'],
    ['an allow that leads past all targets', one({ allow: ['b/*'] }), 'require'],
    ['a deny of all targets', one({ deny: ['a/*'] }), 'require', 'it is denied'],
    [
      'what is allowed and denied',
      one({ allow: ['a/x'], deny: ['a/*'] }),
      'deny',
      'allowed and denied',
    ],
    ['a pattern that is none', one({ deny: ['gpt'] }), 'deny'],
    ['auto without providers', { ...one({}), auto: {} }, 'providers'],
    ['an auto target without providers', targets('auto/m'), 'providers'],
    [
      'tags of what stands for others',
      { ...targets({ model: 'auto/m', tags: { region: 'eu' } }), providers },
      'tags',
    ],
    [
      'facts of what stands for others',
      { ...targets({ model: 'auto/m', facts: { tools: true } }), providers },
      'facts',
    ],
    [
      'a provider named like the routes',
      { providers: [fakeProvider({ name: 'auto', script: [] })] },
      'providers',
    ],
    ['two providers of one name', { providers: [...providers, ...providers] }, 'providers'],
    ['a time that no timer can run', { providers, auto: { timeoutMs: 0 } }, 'auto.timeoutMs'],
    [
      'a listing that is stale before it is old',
      { providers, auto: { ttlMs: 10, staleMs: 5 } },
      'auto.staleMs',
    ],
    ['no typical output', { ...one({}), typicalOutputTokens: 0 }, 'typicalOutputTokens'],
    ['a sticky cascade', one({ sticky: true, policy: cascade({ check: () => true }) }), 'sticky'],
    ['no time to stick', one({ sticky: { ttlMs: -1 } }), 'sticky.ttlMs'],
    ['nothing to remember', one({ sticky: { maxEntries: 0 } }), 'sticky.maxEntries'],
  ];

  test.each(cases.map(([what, ...rest]) => ({ what, rest })))('$what', ({ rest }) => {
    const [options, param, told = ''] = rest;
    expect(() => createRouter(options)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        param,
        message: expect.stringContaining(told),
      }),
    );
  });

  test('routes that go in a circle, naming the way', () => {
    const routes = {
      one: { targets: ['a/x', 'route/two'] },
      two: { targets: ['route/three'] },
      three: { targets: ['route/one'] },
    };
    expect(() => createRouter({ routes })).toThrow('one → two → three → one');
  });

  test('requirements of routes within routes that exclude each other', () => {
    const eu = { targets: [{ model: 'a/x', tags: { region: 'eu' } }], require: { region: 'eu' } };
    const all = { targets: ['route/eu'], require: { region: 'us' } };
    expect(() => createRouter({ routes: { eu, all } })).toThrow(
      expect.objectContaining({
        param: 'require',
        message: expect.stringContaining('route "all"'),
      }),
    );
  });

  test('a cascade within a route, whose check nobody would make', () => {
    const small = { targets: ['a/x', 'a/y'], policy: cascade({ check: () => true }) };
    expect(() => createRouter({ routes: { all: { targets: ['route/small'] }, small } })).toThrow(
      expect.objectContaining({ code: 'configuration', param: 'targets' }),
    );
  });
});

test.each([
  ['explore', () => fastest({ explore: 1.1 })],
  ['explore', () => fastest({ explore: Number.NaN })],
  ['staleMs', () => fastest({ staleMs: 0 })],
  ['halfLifeMs', () => memorySpeeds({ halfLifeMs: -1 })],
  ['maxTargets', () => memorySpeeds({ maxTargets: 0 })],
  ['check', () => cascade({} as never)],
  ['streams', () => cascade({ check: () => true, streams: 'both' as never })],
])('a policy with a bad %s is refused when it is made', (param, build) => {
  expect(build).toThrow(expect.objectContaining({ code: 'configuration', param }));
});

test('rules of a call that no target can meet are refused there, and nothing is sent', async () => {
  const { chat, asked } = setUp({ scripts: { a: say('a') }, router: one({}) });
  const error: InferwayError = await errorOf(
    chat('route/fast', (state) => state.set(routeRules, { allow: [] })),
  );
  expect(error).toMatchObject({ code: 'configuration', param: 'allow' });
  expect(asked()).toEqual([]);
});

describe('fallbacks that can only be a mistake', () => {
  test('a target named with two rules, of which the second would never count', () => {
    const rule = { model: 'b/y', when: () => true };
    expect(() => fallback('b/y', rule)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        param: 'targets',
        message: expect.stringContaining('b/y'),
      }),
    );
    expect(() => fallback('b/y', 'c/z', 'b/y')).not.toThrow();
  });

  test('routes as targets where the router stands around the fallback', () => {
    for (const name of ['route/fast', 'auto/m']) {
      expect(() => standard({ fallback: { targets: ['b/y', name] } })).toThrow(
        expect.objectContaining({ code: 'configuration', param: 'fallback' }),
      );
      expect(() => standard({ fallback: { targets: { [name]: ['b/y'] } } })).toThrow(
        expect.objectContaining({ code: 'configuration', param: 'fallback' }),
      );
    }
    // One that is given made may stand for another order.
    expect(() => standard({ fallback: fallback('route/fast') })).not.toThrow();
  });

  test('two models that back each other up are none: a call follows one list only', () => {
    expect(() => fallback({ targets: { 'a/x': ['b/y'], 'b/y': ['a/x'] } })).not.toThrow();
  });
});
