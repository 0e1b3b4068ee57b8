import {
  fallback,
  fixed,
  monitor,
  pool,
  priceTable,
  refreshing,
  retry,
  standard,
  timeout,
  auth,
  cost,
} from '@inferway/core/middleware';
import { cache, coalesce, promptCache } from '@inferway/core/caching';
import { idempotency } from '@inferway/core/idempotency';
import { circuitBreaker, hedge, resume } from '@inferway/core/resilience';
import { adaptiveConcurrency, learnLimits, limit, limitTargets } from '@inferway/core/limits';
import { semanticCache } from '@inferway/core/semantic';
import { memoryHealth, memoryLedger, memoryQuota } from '@inferway/core/stores';
import { ledger } from '@inferway/core/spending';
import { describe } from 'vitest';
import { refuses, type Factory } from './refused.js';

const store = memoryQuota();
const rules = [{ windowMs: 1000, requests: 1 }];
const QUEUE = {
  'queue.maxWaiting': 'count',
  'queue.maxWaitingPerTenant': 'count',
  'queue.maxWaitMs': 'ms',
} as const;

const LIMITS: Factory['others'] = [
  ['no rule', { rules: [] }, 'rules'],
  ['rules that are none', { rules: null }, 'rules'],
  ['a rule without a figure', { rules: [{ windowMs: 1000 }] }, 'rules[0].windowMs'],
  ['requests without a window', { rules: [{ requests: 5 }] }, 'rules[0].windowMs'],
  ...[-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null].flatMap(
    (figure) =>
      [
        [
          `requests: ${figure}`,
          { rules: [{ windowMs: 1000, requests: figure }] },
          'rules[0].requests',
        ],
        [`concurrency: ${figure}`, { rules: [{ concurrency: figure }] }, 'rules[0].concurrency'],
        [
          `outputTokens: ${figure}`,
          { rules: [{ windowMs: 1000, outputTokens: figure }] },
          'rules[0].outputTokens',
        ],
        [
          `windowMs: ${figure}`,
          { rules: [{ windowMs: figure, requests: 5 }] },
          'rules[0].windowMs',
        ],
      ] as const,
  ),
  [
    'two rules of one name',
    {
      rules: [
        { name: 'a', concurrency: 1 },
        { name: 'a', concurrency: 2 },
      ],
    },
    'rules',
  ],
  ['a scope that nobody knows', { rules: [{ per: 'planet', concurrency: 1 }] }, 'rules[0].per'],
  ['unknown words for input tokens', { inputTokens: 'guess' }, 'inputTokens'],
];

const FACTORIES: readonly Factory[] = [
  {
    name: 'retry',
    make: retry,
    kinds: { attempts: 'count', baseMs: 'ms', maxMs: 'ms', retryAfterCapMs: 'ms', on: 'function' },
    others: [['waits whose longest is below the first', { baseMs: 1000, maxMs: 10 }, 'maxMs']],
  },
  {
    name: 'timeout',
    make: timeout,
    kinds: {
      connectMs: 'ms',
      firstEventMs: 'ms',
      idleBytesMs: 'ms',
      idleContentMs: 'ms',
      totalMs: 'ms',
      leastMs: 'ms',
    },
    others: [
      ['a connect limit above the total', { connectMs: 5000, totalMs: 1000 }, 'connectMs'],
      ['a first event above the total', { firstEventMs: 5000, totalMs: 1000 }, 'firstEventMs'],
      ['a least time above the total', { leastMs: 5000, totalMs: 1000 }, 'leastMs'],
    ],
  },
  {
    name: 'fallback',
    make: fallback as (options: never) => unknown,
    good: { targets: ['a/b'] },
    kinds: { on: 'function' },
    others: [
      ['no target', { targets: [] }, 'targets'],
      ['targets that are none', { targets: null }, 'targets'],
      ['an empty table', { targets: {} }, 'targets'],
      ['a table with an empty list', { targets: { 'a/b': [] } }, 'targets'],
      ['a target without provider', { targets: ['b'] }, 'targets'],
      ['a target that is a number', { targets: [5] }, 'targets'],
      ['a circle of one', { targets: { 'a/b': ['a/b'] } }, 'targets'],
    ],
  },
  {
    name: 'hedge',
    make: hedge,
    kinds: {
      delayMs: 'ms',
      attempts: 'count',
      share: 'share',
      minRemainingMs: 'ms',
      fatal: 'function',
    },
    others: [
      ['one attempt', { attempts: 1 }, 'attempts'],
      ['no target', { targets: [] }, 'targets'],
      ['a target without provider', { targets: ['b'] }, 'targets'],
      ['a percentile above 1', { delayMs: { percentile: 2 } }, 'delayMs.percentile'],
      ['a percentile in words', { delayMs: { percentile: '0.9' } }, 'delayMs.percentile'],
      ['no operation', { operations: [] }, 'operations'],
    ],
  },
  {
    name: 'resume',
    make: resume,
    good: { mode: 'restart' },
    kinds: { times: 'count', baseMs: 'ms', retryAfterCapMs: 'ms', on: 'function' },
    others: [
      ['an unknown mode', { mode: 'again' }, 'mode'],
      ['no mode', { mode: undefined }, 'mode'],
      ['continuing without models that can', { mode: 'continue' }, 'prefill'],
      ['models that can, where it begins anew', { prefill: ['a/*'] }, 'prefill'],
    ],
  },
  {
    name: 'circuitBreaker',
    make: circuitBreaker,
    kinds: {
      windowCalls: 'count',
      windowMs: 'ms',
      minCalls: 'count',
      failureShare: 'share',
      openMs: 'ms',
      maxOpenMs: 'ms',
      probes: 'count',
      probeMs: 'ms',
      slowFirstMs: 'ms',
      maxTargets: 'count',
      key: 'function',
      counts: 'function',
      onChange: 'function',
      panic: 'flag',
    },
    others: [
      ['more calls that decide than are kept', { windowCalls: 5, minCalls: 6 }, 'minCalls'],
      ['a longest opening below the first', { openMs: 1000, maxOpenMs: 10 }, 'openMs'],
      ['a health store that is none', { health: {} }, 'health'],
      ['a refresh of nothing', { health: memoryHealth(), refreshMs: 0 }, 'refreshMs'],
    ],
  },
  ...[
    { name: 'limit', make: limit },
    { name: 'limitTargets', make: limitTargets },
  ].map((one): Factory => ({
    ...one,
    make: one.make,
    good: { store, rules },
    kinds: { store: 'store', leaseMs: 'ms', assumedOutputTokens: 'amount', ...QUEUE },
    others: LIMITS,
  })),
  {
    name: 'adaptiveConcurrency',
    make: adaptiveConcurrency,
    kinds: { initial: 'count', max: 'count', backoff: 'share', ...QUEUE },
    others: [
      ['more at first than ever', { initial: 10, max: 5 }, 'initial'],
      ['a backoff that is none', { backoff: 1 }, 'backoff'],
      ['a scope that nobody knows', { per: 'planet' }, 'per'],
    ],
  },
  {
    name: 'learnLimits',
    make: learnLimits,
    kinds: { maxTrustMs: 'ms', assumedOutputTokens: 'amount', ...QUEUE },
    others: [['unknown words for input tokens', { inputTokens: 'guess' }, 'inputTokens']],
  },
  {
    name: 'cache',
    make: cache,
    good: { scope: 'shared' },
    kinds: {
      ttlMs: 'ms',
      maxEntries: 'count',
      maxBytes: 'count',
      maxEntryBytes: 'count',
      storeTimeoutMs: 'ms',
      staleMs: 'amount',
      refreshTimeoutMs: 'ms',
      maxRefreshes: 'count',
      refreshPauseMs: 'ms',
      toolCalls: 'flag',
      replayTiming: 'flag',
      guard: 'flag',
      deterministicOnly: 'flag',
      key: 'function',
      store: 'store',
    },
    others: [
      ['no scope', { scope: undefined }, 'scope'],
      ['a scope in other words', { scope: 'tenant' }, 'scope'],
    ],
  },
  {
    name: 'semanticCache',
    make: semanticCache,
    good: { scope: 'shared', embed: async () => [[1]] },
    kinds: {
      threshold: 'share',
      candidates: 'count',
      maxVectors: 'count',
      maxPerPartition: 'count',
      maxTextLength: 'count',
      lookupTimeoutMs: 'ms',
      ttlMs: 'ms',
      conversations: 'flag',
      verify: 'function',
      index: 'store',
    },
    others: [
      ['no embedder', { embed: undefined }, 'embed'],
      ['no scope', { scope: undefined }, 'scope'],
    ],
  },
  {
    name: 'coalesce',
    make: coalesce,
    good: { scope: 'shared' },
    kinds: { maxBytes: 'count', maxTotalBytes: 'count', toolCalls: 'flag', key: 'function' },
    others: [
      ['no scope', { scope: undefined }, 'scope'],
      [
        'one answer larger than all together',
        { maxBytes: 100, maxTotalBytes: 10 },
        'maxTotalBytes',
      ],
    ],
  },
  {
    name: 'idempotency',
    make: idempotency,
    good: { scope: 'shared' },
    kinds: {
      ttlMs: 'ms',
      leaseMs: 'ms',
      maxAnswerBytes: 'count',
      storeTimeoutMs: 'ms',
      store: 'store',
      onOutage: 'function',
      parameters: 'function',
    },
    others: [
      ['no scope', { scope: undefined }, 'scope'],
      ['a scope in other words', { scope: 'tenant' }, 'scope'],
      ['unknown words for a store that fails', { whenStoreFails: 'maybe' }, 'whenStoreFails'],
    ],
  },
  {
    name: 'promptCache',
    make: promptCache,
    good: { providers: { anthropic: 'markers' } },
    others: [
      ['providers that are none', { providers: null }, 'providers'],
      ['a way that nobody knows', { providers: { anthropic: 'magic' } }, 'providers'],
      [
        'a least size below 0',
        { providers: { anthropic: { how: 'markers', minTokens: -1 } } },
        'minTokens',
      ],
      ['no marker', { providers: { anthropic: { how: 'markers', maxMarkers: 0 } } }, 'maxMarkers'],
      [
        'a time that nobody knows',
        { providers: { anthropic: { how: 'markers', ttl: '2h' } } },
        'ttl',
      ],
    ],
  },
  {
    name: 'monitor',
    make: monitor,
    good: { onEvent: () => {} },
    kinds: { onEvent: 'function' },
    others: [['none', { onEvent: undefined }, 'onEvent']],
  },
  {
    name: 'cost',
    make: cost,
    kinds: { onCharge: 'function' },
    others: [['prices that are a table of numbers', { prices: { 'a/b': { input: 1 } } }, 'prices']],
  },
  {
    name: 'priceTable',
    make: priceTable,
    good: { 'a/*': { input: 1, output: 1 } },
    kinds: {},
    others: [-1, Number.NaN, Number.POSITIVE_INFINITY, '1', null].map(
      (price) => [`a price of ${price}`, { 'a/*': { input: price, output: 1 } }, 'a/*'] as const,
    ),
  },
  {
    name: 'pool',
    make: ({ secrets, ...options }: { secrets: string[] }) => pool(secrets, options),
    good: { secrets: ['one', 'two'] },
    kinds: { cooldownMs: 'ms', parkMs: 'ms' },
    others: [
      ['no key', { secrets: [] }, 'secrets'],
      ['keys of one name', { ids: ['a', 'a'] }, 'ids'],
      ['weights for fewer keys', { weights: [1] }, 'weights'],
      ['a weight of 0', { weights: [1, 0] }, 'weights'],
      ['a weight in words', { weights: [1, '2'] }, 'weights'],
      ['a health store without a name', { health: memoryHealth() }, 'name'],
    ],
  },
  {
    name: 'refreshing',
    make: (options: object) => refreshing(async () => ({ secret: 'x' }), options),
    kinds: { aheadMs: 'ms', timeoutMs: 'ms' },
  },
  {
    name: 'auth',
    make: (sources: { none?: true }) => auth(sources as never),
    good: { a: fixed('x') },
    others: [['a source that is none', { a: { key: 'x' } }, 'a']],
  },
  {
    name: 'standard',
    make: standard,
    good: { retry: { attempts: 2 } },
    others: [
      ['bare options in place of a layer', { cache: { scope: 'shared' } }, 'cache'],
      ['a ledger inside of cost', { cost: ledger({ ledger: memoryLedger() }) }, 'cost'],
      [
        'a repeat that is counted',
        { callerLimits: idempotency({ scope: 'shared' }) },
        'callerLimits',
      ],
      ['a cache inside of the budget', { budget: cache({ scope: 'shared' }) }, 'budget'],
      ['a shared call inside of the route', { route: coalesce({ scope: 'shared' }) }, 'route'],
      ['a breaker around retries', { hedge: circuitBreaker() }, 'hedge'],
      ['retries around the books', { guard: [retry()] }, 'guard'],
      ['a list with something else', { guard: ['x'] }, 'guard'],
      [
        'limits of targets in the place of callers',
        { callerLimits: limitTargets({ store, rules }) },
        'callerLimits',
      ],
      ['limits of callers in the place of targets', { limits: limit({ store, rules }) }, 'limits'],
      ['bad options of a layer that it makes', { retry: { attempts: 0 } }, 'attempts'],
      [
        'routes as targets of a fallback beside them',
        { fallback: { targets: ['route/x'] } },
        'fallback',
      ],
    ],
  },
];

describe('layers refuse bad options when they are made', () => {
  for (const factory of FACTORIES) refuses(factory);
});
