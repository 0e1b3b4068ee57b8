import { InferwayError } from '@inferway/core';
import type { QuotaLimit } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { placesOf, refused, reserve, settle, spendOf, take, windowOf } from './quota-limits.js';

const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'a:b',
  'a|b',
  'a{b}c',
  '*',
  '\r\nFLUSHALL\r\n',
  "'; return redis.call('FLUSHALL') --",
  'a\u0000b',
  'ünïcödé 👩‍👩‍👧',
  ' ',
  '%41',
  'A',
  'a',
];

/** Names come from users, amounts from models: neither may spoil a counter. */
export function quotaInputs(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    async 'a name may be anything, and is nobody else’s'({ store, name }) {
      const run = name();
      const keys = [...NAMES.map((text) => `${text}${run}`), 'x'.repeat(200 - run.length) + run];
      const limitsOf = (key: string): readonly QuotaLimit[] => [
        windowOf(key, 1),
        placesOf(key, 1),
        spendOf(key, 1, 1),
      ];
      for (const key of keys) await take(store, `id ${key}`.slice(0, 200), limitsOf(key));
      for (const key of keys) await refused(store, name(), limitsOf(key));
      for (const key of keys)
        await settle(store, `id ${key}`.slice(0, 200), limitsOf(key), [0, 0, 0]);
      for (const key of keys) {
        expectMatch(await store.read(limitsOf(key)), [{ used: 0 }, { used: 0 }, { used: 0 }], key);
      }
    },

    async 'kinds and keys do not run into each other'({ store, name }) {
      const key = name();
      const limits = [
        windowOf(key, 5),
        windowOf(`60000:${key}`, 5),
        placesOf(key, 5),
        spendOf(key, 5, 1),
        spendOf(`total:${key}`, 5, 1),
      ];
      expectMatch(
        await take(store, key, limits),
        limits.map(() => ({ used: 1 })),
        'the states',
      );
    },

    async 'amounts, limits and times that are none are refused, and spoil nothing'({
      store,
      name,
    }) {
      const key = name();
      const wrong: QuotaLimit[] = [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53].flatMap(
        (amount) => [windowOf(key, 5, amount), spendOf(key, 5, amount)],
      );
      wrong.push(windowOf(key, Number.NaN), placesOf(key, -1), spendOf(key, Number.NaN, 1));
      wrong.push(windowOf(key, 5, 1, 0), windowOf(key, 5, 1, Number.NaN));
      wrong.push(placesOf('x'.repeat(201), 1));
      for (const limit of wrong) {
        await expectRefusal(
          async () => reserve(store, name(), [windowOf(key, 5), limit]),
          JSON.stringify(limit).slice(0, 80),
        );
      }
      await expectRefusal(async () => reserve(store, name(), [windowOf(key, 5)], -1), 'leaseMs −1');
      const id = name();
      await take(store, id, [windowOf(key, 5)]);
      for (const actual of [Number.NaN, -1, 0.5]) {
        await expectRefusal(
          async () => settle(store, id, [windowOf(key, 5)], [actual]),
          `actual ${actual}`,
        );
      }
      expectMatch(await store.read([windowOf(key, 5)]), [{ used: 1 }], 'the state');
    },
  });
}

async function expectRefusal(work: () => Promise<unknown>, what: string): Promise<void> {
  const reason: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expectTrue(
    InferwayError.is(reason),
    `${what} is refused with an InferwayError: ${String(reason)}`,
  );
}
