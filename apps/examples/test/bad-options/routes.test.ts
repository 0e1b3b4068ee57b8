import {
  caps,
  declaredTools,
  guard,
  outputSchema,
  pii,
  redact,
  secrets,
  words,
} from '@inferway/core/guards';
import { cascade, createRouter, fastest, leastLoaded, memorySpeeds } from '@inferway/core/routing';
import { fakeProvider, say } from '@inferway/core/testing';
import { describe } from 'vitest';
import { refuses, type Factory } from './refused.js';

const provider = fakeProvider({ name: 'a', script: say('x') });
const routes = (targets: unknown, more: object = {}) => ({ routes: { x: { targets, ...more } } });
const hook = declaredTools();

const FACTORIES: readonly Factory[] = [
  {
    name: 'createRouter',
    make: createRouter,
    good: { providers: [provider], ...routes(['a/b']) },
    kinds: {
      typicalOutputTokens: 'count',
      'auto.ttlMs': 'ms',
      'auto.staleMs': 'ms',
      'auto.timeoutMs': 'ms',
      'auto.retryMs': 'ms',
      'auto.on': 'function',
    },
    others: [
      ['neither routes nor providers', { routes: {}, providers: undefined }, 'routes'],
      ['a route without targets', routes([]), 'targets'],
      ['targets that are none', routes(null), 'targets'],
      ['a target without provider', routes(['b']), 'targets'],
      ['a target of a provider that is not there', routes(['b/c']), 'targets'],
      ['a target that is a number', routes([5]), 'targets'],
      [
        'a model that is not in the catalogue',
        { ...routes(['a/c']), catalogue: [{ provider: 'a', id: 'b' }] },
        'targets',
      ],
      ['a target twice', routes(['a/b', 'a/b']), 'targets'],
      ['a route that is not there', routes(['route/y']), 'targets'],
      ['a route that leads to itself', routes(['route/x']), 'targets'],
      [
        'routes in a circle',
        {
          routes: {
            x: { targets: ['route/y'] },
            y: { targets: ['route/z'] },
            z: { targets: ['a/b', 'route/x'] },
          },
        },
        'targets',
      ],
      ['a name that no call could write', { routes: { 'x y/\n': { targets: ['a/b'] } } }, 'routes'],
      ['a policy that is none', routes(['a/b'], { policy: 'cheapest!' }), 'policy'],
      ...[-1, Number.NaN, Number.POSITIVE_INFINITY, '2'].map(
        (weight) =>
          [`a weight of ${weight}`, routes([{ model: 'a/b', weight }, 'a/c']), 'weight'] as const,
      ),
      ['a tag without a value', routes([{ model: 'a/b', tags: { region: '' } }]), 'tags'],
      ['tags of a provider that is not there', { tags: { 'b/*': { region: 'eu' } } }, 'tags'],
      ['a context of no length', routes([{ model: 'a/b', facts: { contextLength: 0 } }]), 'facts'],
      [
        'a negative price',
        routes([{ model: 'a/b', facts: { prices: { input: -1, output: 1 } } }]),
        'facts',
      ],
      ['allowing nothing', routes(['a/b'], { allow: [] }), 'allow'],
      ['what is allowed and denied', routes(['a/b'], { allow: ['a/b'], deny: ['a/*'] }), 'deny'],
      ['a requirement without values', routes(['a/b'], { require: { region: [] } }), 'require'],
      ['on that is no function', routes(['a/b'], { on: 'always' }), 'on'],
      ['a sticky time of 0', routes(['a/b'], { sticky: { ttlMs: 0 } }), 'sticky.ttlMs'],
      ['prices that are no book', { prices: { 'a/b': 1 } }, 'prices'],
      ['a speed book that is none', { speeds: {} }, 'speeds'],
      ['a health that is none', { health: {} }, 'health'],
      ['an older age below the newer', { auto: { ttlMs: 1000, staleMs: 10 } }, 'auto.staleMs'],
      ['two providers of one name', { providers: [provider, provider] }, 'providers'],
      [
        'a provider that is called auto',
        { providers: [fakeProvider({ name: 'auto', script: say('x') })] },
        'providers',
      ],
    ],
  },
  {
    name: 'fastest',
    make: fastest,
    kinds: { staleMs: 'ms' },
    others: [-1, 2, Number.NaN, '0.5'].map(
      (explore) => [`exploring ${explore}`, { explore }, 'explore'] as const,
    ),
  },
  { name: 'leastLoaded', make: leastLoaded, kinds: { bySpeed: 'flag' } },
  { name: 'memorySpeeds', make: memorySpeeds, kinds: { halfLifeMs: 'ms', maxTargets: 'count' } },
  {
    name: 'cascade',
    make: cascade,
    good: { check: () => true },
    kinds: { check: 'function' },
    others: [
      ['no check', { check: undefined }, 'check'],
      ['unknown words for streams', { streams: 'all' }, 'streams'],
    ],
  },
  {
    name: 'guard',
    make: guard as (options: never) => unknown,
    good: { hooks: [hook] },
    kinds: { maxAsks: 'amount' },
    others: [
      ['no hook', { hooks: [] }, 'hooks'],
      ['hooks that are none', { hooks: null }, 'hooks'],
      ['one hook twice', { hooks: [hook, hook] }, 'hooks'],
      ['a hook without a name', { hooks: [{ before: () => undefined }] }, 'hooks'],
      ['a hook that checks nothing', { hooks: [{ name: 'x' }] }, 'hooks'],
    ],
  },
  {
    name: 'caps',
    make: caps,
    good: { messages: 5 },
    kinds: {
      inputCharacters: 'count',
      inputTokens: 'count',
      messages: 'count',
      choices: 'count',
      outputTokens: 'count',
      outputCharacters: 'count',
    },
    others: [
      ['no cap', { messages: undefined }, 'caps'],
      ['a cap that nobody knows', { inputWords: 5 }, 'inputWords'],
    ],
  },
  {
    name: 'redact',
    make: redact,
    good: { detectors: [secrets()] },
    kinds: { restore: 'flag' },
    others: [
      ['nothing to look for', { detectors: [] }, 'detectors'],
      ['a missing list', { detectors: undefined }, 'detectors'],
      ['a detector that is none', { detectors: ['email'] }, 'detectors'],
      ['a place that nobody knows', { in: 'logs' }, 'in'],
      ['restoring what is never taken out', { in: 'answers', restore: true }, 'restore'],
    ],
  },
  {
    name: 'words',
    make: ({ list }: { list: string[] }) => words(list),
    good: { list: ['x'] },
    others: [
      ['none', { list: [] }, 'list'],
      ['an empty one', { list: ['x', ''] }, 'list'],
      ['a missing list', { list: undefined }, 'list'],
    ],
  },
  {
    name: 'pii',
    make: ({ kinds }: { kinds: [] }) => pii(kinds),
    good: { kinds: ['email'] },
    others: [['a kind that nobody knows', { kinds: ['shoe size'] }, 'kinds']],
  },
  {
    name: 'outputSchema',
    make: ({ schema }: { schema: never }) => outputSchema(schema),
    good: {
      schema: {
        '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value }) },
      },
    },
    others: [['what is no schema', { schema: { type: 'object' } }, 'schema']],
  },
];

describe('routes and guards refuse bad options when they are made', () => {
  for (const factory of FACTORIES) refuses(factory);
});
