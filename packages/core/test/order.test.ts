import { createClient, type Middleware } from '@inferway/core';
import { cache, coalesce, promptCache } from '@inferway/core/caching';
import { guard, secrets, redact } from '@inferway/core/guards';
import { idempotency } from '@inferway/core/idempotency';
import { adaptiveConcurrency, learnLimits, limit, limitTargets } from '@inferway/core/limits';
import {
  auth,
  checkOrder,
  cost,
  fallback,
  fixed,
  monitor,
  retry,
  standard,
  timeout,
} from '@inferway/core/middleware';
import { circuitBreaker, hedge, resume } from '@inferway/core/resilience';
import { budget, ledger } from '@inferway/core/spending';
import { createRouter, route } from '@inferway/core/routing';
import { memoryLedger, memoryQuota } from '@inferway/core/stores';
import { fakeProvider, say } from '@inferway/core/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';

const store = memoryQuota();
const rules = [{ windowMs: 1000, requests: 1 }];
const rows = ledger({ ledger: memoryLedger() });
afterAll(() => rows.close());
const mine: Middleware = (call, next) => next(call);

/** One layer of each place, outermost first. */
const LAYERS: readonly (readonly [place: string, layer: Middleware])[] = [
  ['outer', monitor({ onEvent() {} })],
  ['idempotency', idempotency({ scope: 'shared' })],
  ['guard', guard(redact({ detectors: [secrets()] }))],
  ['cache', cache({ scope: 'shared' })],
  ['coalesce', coalesce({ scope: 'shared' })],
  ['ledger', rows],
  [
    'budget',
    budget({
      store,
      budgets: [{ name: 'a', usd: 1, period: 'day' }],
      unknownPrice: { input: 1, output: 1 },
    }),
  ],
  ['callerLimits', limit({ store, rules })],
  ['resume', resume({ mode: 'restart' })],
  ['route', route(createRouter({ routes: { r: { targets: ['fake/m'] } } }))],
  ['fallback', fallback({ targets: ['fake/m'] })],
  ['hedge', hedge({ delayMs: 10 })],
  ['retry', retry()],
  ['limits', limitTargets({ store, rules })],
  ['breaker', circuitBreaker()],
  ['promptCache', promptCache({ providers: { fake: 'key' } })],
  ['cost', cost()],
  ['timeout', timeout()],
  ['auth', auth({ fake: fixed('k') })],
  ['credentialLimits', learnLimits()],
];
const CANON = LAYERS.map(([, layer]) => layer);

test('standard puts one layer of each place into the order, and checkOrder agrees with it', () => {
  const options = Object.fromEntries(
    LAYERS.toReversed().map(([place, layer]) => [place, place === 'outer' ? [layer] : layer]),
  );
  const built = standard(options);
  expect(built).toEqual(CANON);
  expect(checkOrder(built)).toBe(built);
});

test('any part of the order passes, wherever layers of the application’s own stand in it', () => {
  fc.assert(
    fc.property(fc.subarray([...CANON]), fc.nat(20), (some, at) => {
      const list = some.toSpliced(at, 0, mine);
      expect(checkOrder(list)).toBe(list);
    }),
  );
});

test('two of ours the wrong way round are refused by name, with the order', () => {
  // `monitor` may stand anywhere; limits on targets have two places.
  const fixedPlaces = LAYERS.filter(([place]) => !/outer|imits/u.test(place));
  fc.assert(
    fc.property(fc.subarray([...fixedPlaces], { minLength: 2, maxLength: 2 }), ([outer, inner]) => {
      const [one, other] = [outer?.[1], inner?.[1]] as [Middleware, Middleware];
      const order = LAYERS.map(([place]) => place).join(' → ');
      expect(() => checkOrder([mine, other, mine, one])).toThrow(
        expect.objectContaining({
          code: 'configuration',
          param: 'middleware',
          message: `checkOrder: ${one.name}(…) stands inside of ${other.name}(…), and belongs outside of it. Put it before, or let standard({ … }) order them: ${order}.`,
        }),
      );
    }),
  );
});

test('limits on targets may stand in either of their places, and not in that of callers', () => {
  const targets = [limitTargets({ store, rules }), adaptiveConcurrency(), learnLimits()];
  for (const layer of targets) {
    expect(() => checkOrder([retry(), layer, cost(), auth({}), layer])).not.toThrow();
    expect(() => checkOrder([layer, retry()])).toThrow(/retry\(…\) stands inside of \w+\(…\)/u);
  }
  expect(() => checkOrder([retry(), limit({ store, rules })])).toThrow(
    'limit(…) stands inside of retry(…)',
  );
});

test('a list that passed is what createClient takes', async () => {
  const client = createClient({
    providers: [fakeProvider({ script: say('x') })],
    middleware: checkOrder([mine, retry(), cost()]),
  });
  const messages = [{ role: 'user', content: 'hi' }] as const;
  expect((await client.chat({ model: 'fake/m', messages })).text).toBe('x');
});
