import { tmpdir } from 'node:os';
import { priceTable } from '@inferway/core/middleware';
import { budget, ledger, webhook } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import {
  guardCache,
  guardHealth,
  guardQuota,
  memoryCache,
  memoryHealth,
  memoryIdempotency,
  memoryLedger,
  memoryQuota,
  memoryVectors,
} from '@inferway/core/stores';
import { createPostgresCache, createPostgresLedger } from '@inferway/postgres';
import { createRedisStores } from '@inferway/redis';
import { createSqliteCache, createSqliteLedger } from '@inferway/sqlite';
import { describe } from 'vitest';
import { refuses, type Factory } from './refused.js';

const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
const OUTAGE = { timeoutMs: 'ms', failures: 'count', retryMs: 'ms', onOutage: 'function' } as const;
const POSTGRES: Omit<Factory, 'name' | 'make'> = {
  good: { url: 'postgres://postgres@127.0.0.1:5432/test' },
  kinds: { timeoutMs: 'ms', maxConnections: 'count' },
  others: [
    ['no url', { url: undefined }, 'url'],
    ['a url of another database', { url: 'mysql://127.0.0.1/test' }, 'url'],
    ['a url that is none', { url: 5 }, 'url'],
    ['a schema that needs quotes', { schema: 'a"; DROP SCHEMA public' }, 'schema'],
    ['a schema that is a number', { schema: 5 }, 'schema'],
    ['unknown words for migrations', { migrations: 'never' }, 'migrations'],
  ],
};
const SQLITE: Omit<Factory, 'name' | 'make'> = {
  good: { path: ':memory:' },
  kinds: { timeoutMs: 'ms', maxBytes: 'count' },
  others: [
    ['no path', { path: undefined }, 'path'],
    ['an empty path', { path: '' }, 'path'],
    ['a path that is a number', { path: 5 }, 'path'],
    ['unknown words for sync', { sync: 'off' }, 'sync'],
    ['a size in which nothing fits', { maxBytes: 100 }, 'maxBytes'],
  ],
};

const FACTORIES: readonly Factory[] = [
  { name: 'memoryCache', make: memoryCache, kinds: { maxEntries: 'count', maxBytes: 'count' } },
  {
    name: 'memoryIdempotency',
    make: memoryIdempotency,
    kinds: { maxEntries: 'count', maxBytes: 'count' },
  },
  { name: 'memoryHealth', make: memoryHealth, kinds: { maxEntries: 'count' } },
  {
    name: 'memoryQuota',
    make: memoryQuota,
    kinds: { maxCounters: 'count', maxRemembered: 'count' },
  },
  { name: 'memoryLedger', make: memoryLedger, kinds: { maxRows: 'count' } },
  {
    name: 'memoryVectors',
    make: memoryVectors,
    kinds: { maxVectors: 'count', maxPerPartition: 'count', maxBytes: 'count' },
  },
  {
    name: 'guardCache',
    make: (options: object) => guardCache(memoryCache(), options),
    kinds: OUTAGE,
  },
  {
    name: 'guardHealth',
    make: (options: object) => guardHealth(memoryHealth(), options),
    kinds: OUTAGE,
  },
  {
    name: 'guardQuota',
    make: (options: never) => guardQuota(memoryQuota(), options),
    good: { processes: 2 },
    kinds: {
      ...OUTAGE,
      processes: 'count',
      leaseShare: 'share',
      maxLeases: 'count',
      maxKept: 'count',
    },
    others: [
      ['shares of how many nobody says', { processes: undefined }, 'processes'],
      ['unknown words for limits', { limits: 'open' }, 'limits'],
      ['unknown words for budgets', { budgets: 'free' }, 'budgets'],
      ['slices that are more than the budget', { processes: 4, leaseShare: 0.5 }, 'leaseShare'],
    ],
  },
  {
    name: 'budget',
    make: budget,
    good: { store: memoryQuota(), prices, budgets: [{ name: 'all', usd: 1, period: 'day' }] },
    kinds: { store: 'store', leaseMs: 'ms', assumedOutputTokens: 'count', mediaTokens: 'count' },
    others: [
      ['no budget', { budgets: [] }, 'budgets'],
      ['budgets that are none', { budgets: null }, 'budgets'],
      ...[-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null].map(
        (usd) =>
          [
            `${usd} dollars`,
            { budgets: [{ name: 'all', usd, period: 'day' }] },
            'budgets[0].usd',
          ] as const,
      ),
      [
        'a period that nobody knows',
        { budgets: [{ name: 'all', usd: 1, period: 'fortnight' }] },
        'budgets[0].period',
      ],
      [
        'a scope that nobody knows',
        { budgets: [{ name: 'all', usd: 1, period: 'day', per: 'planet' }] },
        'budgets[0].per',
      ],
      ['no name', { budgets: [{ usd: 1, period: 'day' }] }, 'budgets[0].name'],
      [
        'two budgets of one name',
        { budgets: [1, 2].map((usd) => ({ name: 'all', usd, period: 'day' })) },
        'budgets[1].name',
      ],
      ['no prices', { prices: undefined }, 'prices'],
      ['prices that are no book', { prices: { 'a/b': 1 } }, 'prices'],
      ['unknown prices of 0', { unknownPrice: { input: 0, output: 0 } }, 'unknownPrice'],
      ['a bound that nobody knows', { bound: 'lower' }, 'bound'],
      [
        'what was spent, without a ledger that asks for it',
        { budgets: [{ name: 'all', usd: 1, period: 'day', spent: async () => 1 }] },
        'ledger',
      ],
      ['a ledger that is none', { ledger: {} }, 'ledger'],
      ['a lease of a moment', { leaseMs: 10 }, 'leaseMs'],
      ['alerts to nobody', { alerts: {} }, 'alerts.to'],
      ['alerts to something else', { alerts: { to: 'me' } }, 'alerts.to'],
      [
        'a threshold in percent',
        { alerts: { to: () => {}, thresholds: [80] } },
        'alerts.thresholds',
      ],
      [
        'a threshold twice',
        { alerts: { to: () => {}, thresholds: [0.5, 0.5] } },
        'alerts.thresholds',
      ],
      [
        'a threshold in words',
        { alerts: { to: () => {}, thresholds: ['0.5'] } },
        'alerts.thresholds',
      ],
      ['a spike of 1', { alerts: { to: () => {}, spike: { factor: 1 } } }, 'alerts.spike.factor'],
      [
        'a spike in words',
        { alerts: { to: () => {}, spike: { factor: '5' } } },
        'alerts.spike.factor',
      ],
      [
        'a baseline below the window',
        { alerts: { to: () => {}, spike: { windowMs: 1000, baselineMs: 10 } } },
        'alerts.spike.baselineMs',
      ],
      [
        'a spike of less than nothing',
        { alerts: { to: () => {}, spike: { minUsd: -1 } } },
        'alerts.spike.minUsd',
      ],
    ],
  },
  {
    name: 'webhook',
    make: webhook,
    good: { url: 'https://example.com/alerts', secret: `whsec_${btoa('0123456789abcdef0123')}` },
    kinds: {
      attempts: 'count',
      timeoutMs: 'ms',
      baseMs: 'ms',
      maxQueue: 'count',
      onFailure: 'function',
    },
    others: [
      ['a url that is none', { url: 'alerts' }, 'url'],
      ['plain http to elsewhere', { url: 'http://example.com' }, 'url'],
      ['a password in the url', { url: 'https://a:b@example.com' }, 'url'],
      ['no secret', { secret: '' }, 'secret'],
      ['a secret that is none', { secret: 5 }, 'secret'],
    ],
  },
  {
    name: 'ledger',
    make: ledger,
    good: { ledger: memoryLedger() },
    kinds: {
      ledger: 'store',
      batchRows: 'count',
      batchMs: 'ms',
      maxRows: 'count',
      appendTimeoutMs: 'ms',
      retryMs: 'ms',
      maxRetryMs: 'ms',
      recoverMs: 'ms',
      onNotice: 'function',
    },
    others: [
      ['unknown words for a full one', { whenFull: 'wait' }, 'whenFull'],
      ['fewer rows than a batch has', { batchRows: 100, maxRows: 10 }, 'maxRows'],
      ['a longest wait below the first', { retryMs: 1000, maxRetryMs: 10 }, 'maxRetryMs'],
      ['a spool that is none', { spool: {} }, 'spool'],
      ['prices that are no book', { prices: { 'a/b': 1 } }, 'prices'],
    ],
  },
  {
    name: 'createSpool',
    make: createSpool,
    good: { directory: `${tmpdir()}/inferway-spool-of-bad-options` },
    kinds: { maxBytes: 'count', fsyncMs: 'ms', staleMs: 'ms' },
    others: [
      ['no directory', { directory: undefined }, 'directory'],
      ['a directory that is a number', { directory: 5 }, 'directory'],
      ['unknown words for fsync', { fsync: 'always' }, 'fsync'],
      ['a time of what never happens', { fsync: 'never', fsyncMs: 10 }, 'fsyncMs'],
      ['a size in which nothing fits', { maxBytes: 10 }, 'maxBytes'],
    ],
  },
  {
    name: 'createRedisStores',
    make: createRedisStores,
    good: { url: 'redis://127.0.0.1:6379' },
    kinds: {
      timeoutMs: 'ms',
      connectTimeoutMs: 'ms',
      maxPending: 'count',
      maxCacheBytes: 'count',
      settledMs: 'ms',
    },
    others: [
      ['a url of another store', { url: 'http://127.0.0.1' }, 'url'],
      ['a url that is none', { url: 5 }, 'url'],
      ['a database that is no number', { url: 'redis://127.0.0.1/test' }, 'url'],
      ['an empty prefix', { prefix: '' }, 'prefix'],
      ['a prefix with spaces', { prefix: 'a b' }, 'prefix'],
      ['a prefix that is none', { prefix: {} }, 'prefix'],
    ],
  },
  { name: 'createPostgresLedger', make: createPostgresLedger, ...POSTGRES },
  { name: 'createPostgresCache', make: createPostgresCache, ...POSTGRES },
  { name: 'createSqliteLedger', make: createSqliteLedger, ...SQLITE },
  {
    name: 'createSqliteCache',
    make: createSqliteCache,
    ...SQLITE,
    kinds: { ...SQLITE.kinds, maxEntries: 'count' },
  },
];

describe('stores and books refuse bad options when they are made', () => {
  for (const factory of FACTORIES) refuses(factory);
});
