import type { CacheStore } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime } from '../../provider/in-time.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';

const LONG_MS = 600_000;

/** A cache gives back what was put in, or nothing: never a part, never another's. */
export function cacheEntries(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.cache, {
    async 'gives back what was set, by its own key'({ store, name }) {
      const [one, other] = [name(), name()];
      await store.set(one, '{"answer":1}', LONG_MS);
      await store.set(other, '{"answer":2}', LONG_MS);
      expectMatch(await get(store, one), '{"answer":1}', 'the first value');
      expectMatch(await get(store, other), '{"answer":2}', 'the second value');
      expectTrue((await get(store, name())) === undefined, 'a key that was never set is a miss');
    },

    async 'the last value set holds'({ store, name }) {
      const key = name();
      await store.set(key, 'a longer value', LONG_MS);
      await store.set(key, 'b', LONG_MS);
      expectMatch(await get(store, key), 'b', 'the value');
    },

    async 'what was deleted is gone, and deleting nothing is no failure'({ store, name }) {
      const key = name();
      await store.delete(key);
      await store.set(key, 'x', LONG_MS);
      await store.delete(key);
      expectTrue((await get(store, key)) === undefined, 'it is a miss');
    },

    'is gone after its time, and not before': async (rig) => {
      const [short, long] = [rig.name(), rig.name()];
      await rig.store.set(short, 'x', 150);
      await rig.store.set(long, 'x', LONG_MS);
      if (rig.exact) {
        await rig.pass(149);
        expectMatch(await get(rig.store, short), 'x', 'the value just before');
        await rig.pass(1);
      } else await rig.pass(150);
      expectTrue((await get(rig.store, short)) === undefined, 'it is a miss after its time');
      expectMatch(await get(rig.store, long), 'x', 'another one');
    },

    'setting again begins its time again': async (rig) => {
      const key = rig.name();
      await rig.store.set(key, 'x', 150);
      await rig.store.set(key, 'y', LONG_MS);
      await rig.pass(200);
      expectMatch(await get(rig.store, key), 'y', 'the value');
    },

    async 'a fraction of a millisecond is a time, too'({ store, name }) {
      const key = name();
      await store.set(key, 'x', 60_000.4);
      expectMatch(await get(store, key), 'x', 'the value');
      await store.set(name(), 'x', 0.3);
    },

    async 'text comes back as it was'({ store, name }) {
      const texts = ['', ' ', '\r\n$-1\r\n', 'a\u0000b', 'ünïcödé 👩‍👩‍👧', '"\\"', '9007199254740993'];
      for (const text of texts) {
        const key = name();
        await store.set(key, text, LONG_MS);
        expectMatch(await get(store, key), text, `the value ${JSON.stringify(text)}`);
      }
    },

    async 'a long value comes back whole, or not at all'({ store, name }) {
      const key = name();
      const long = 'äöü…'.repeat(100_000);
      await store.set(key, long, LONG_MS);
      const back = await get(store, key);
      expectTrue(back === undefined || back === long, 'all of it or nothing');
    },

    'what one process sets, the others get': async (rig) => {
      const keys = Array.from({ length: 40 }, () => rig.name());
      await Promise.all(
        keys.map(async (key, index) => rig.any(index).set(key, `of ${key}`, LONG_MS)),
      );
      const values = await Promise.all(keys.map((key, index) => get(rig.any(index + 1), key)));
      expectMatch(
        values,
        keys.map((key) => `of ${key}`),
        'the values',
      );
    },
  });
}

function get(store: CacheStore, key: string): Promise<string | undefined> {
  return inTime(Promise.resolve(store.get(key)), 'get');
}
