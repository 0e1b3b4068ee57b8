import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { refused, settle, spendOf, stateOf, take, windowOf } from './quota-limits.js';

const LEASE_MS = 200;

/** Reserve and settle: nothing that may have been billed is forgotten, and nothing counts twice. */
export function quotaSpend(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    async 'what is reserved is held, what is settled is spent'({ store, name }) {
      const key = name();
      const id = name();
      const [state] = await take(store, id, [spendOf(key, 100, 60)]);
      expectMatch(state, { used: 60, held: 60 }, 'the state when reserved');
      expectTrue(state?.resetMs === undefined, 'a total has no end');
      await refused(store, name(), [spendOf(key, 100, 41)]);
      const [settled] = await settle(store, id, [spendOf(key, 100, 60)], [25]);
      expectMatch(settled, { used: 25, held: 0 }, 'the state when settled');
      await take(store, name(), [spendOf(key, 100, 75)]);
      const { reason, retryAfterMs } = await refused(store, name(), [spendOf(key, 100, 1)]);
      expectMatch(reason, 'full', 'the reason');
      expectTrue(retryAfterMs === undefined, 'nobody knows when there is room in a total');
    },

    async 'settled for more than was reserved, all of it counts'({ store, name }) {
      const limit = spendOf(name(), 100, 10);
      const id = name();
      await take(store, id, [limit]);
      expectMatch(await settle(store, id, [limit], [170]), [{ used: 170 }], 'the state');
      await refused(store, name(), [{ ...limit, amount: 0 }]);
    },

    async 'without an actual amount, what was reserved is spent'({ store, name }) {
      const limit = spendOf(name(), 100, 10);
      const id = name();
      await take(store, id, [limit]);
      expectMatch(await settle(store, id, [limit]), [{ used: 10, held: 0 }], 'the state');
    },

    async 'settling twice counts once'({ store, name }) {
      const limit = spendOf(name(), 100, 10);
      const id = name();
      await take(store, id, [limit]);
      for (const actual of [7, 7, 9]) await settle(store, id, [limit], [actual]);
      expectMatch(await stateOf(store, limit), { used: 7, held: 0 }, 'the state');
    },

    'a lease that ended counts as spent, and nothing is held any more': async (rig) => {
      const limit = spendOf(rig.name(), 100, 60);
      await take(rig.store, rig.name(), [limit], LEASE_MS);
      await rig.pass(LEASE_MS);
      expectMatch(await stateOf(rig.store, limit), { used: 60, held: 0 }, 'the state');
      await refused(rig.store, rig.name(), [{ ...limit, amount: 41 }]);
      await take(rig.store, rig.name(), [{ ...limit, amount: 40 }]);
    },

    'a lease that is free when it ends gives back what it held, and what is settled later counts':
      async (rig) => {
        const limit = spendOf(rig.name(), 100, 60, { lapse: 'free' });
        const [id, long] = [rig.name(), rig.name()];
        await take(rig.store, id, [limit], LEASE_MS);
        await take(rig.store, long, [{ ...limit, amount: 20 }]);
        await take(rig.store, rig.name(), [spendOf(limit.key, 100, 7)], LEASE_MS);
        expectMatch(
          await stateOf(rig.store, limit),
          { used: 87, held: 87 },
          'the state when reserved',
        );
        await rig.pass(LEASE_MS);
        for (let i = 0; i < 2; i++) {
          expectMatch(await stateOf(rig.store, limit), { used: 27, held: 20 }, 'the state');
        }
        for (let i = 0; i < 2; i++) await settle(rig.store, id, [limit], [5]);
        expectMatch(
          await stateOf(rig.store, limit),
          { used: 32, held: 20 },
          'the state, settled late',
        );
        await settle(rig.store, long, [{ ...limit, amount: 20 }], [1]);
        expectMatch(await stateOf(rig.store, limit), { used: 13, held: 0 }, 'the state, settled');
      },

    'the last lease of a counter is free, too, when it ends': async (rig) => {
      const limit = spendOf(rig.name(), 100, 60, { lapse: 'free' });
      await take(rig.store, rig.name(), [limit], LEASE_MS);
      await rig.pass(LEASE_MS);
      expectMatch(await stateOf(rig.store, limit), { used: 0, held: 0 }, 'the state');
      const id = rig.name();
      await take(rig.store, id, [{ ...limit, amount: 100 }]);
      await settle(rig.store, id, [{ ...limit, amount: 100 }]);
      expectMatch(
        await stateOf(rig.store, limit),
        { used: 100, held: 0 },
        'the state, as reserved',
      );
    },

    async 'a reservation that comes after its own settlement holds nothing'({ store, name }) {
      const limit = spendOf(name(), 100, 60);
      const id = name();
      await settle(store, id, [limit], [0]);
      await refused(store, id, [limit]);
      expectMatch(await stateOf(store, limit), { used: 0, held: 0 }, 'the state');
    },

    'of several leases each ends by itself': async (rig) => {
      const limit = spendOf(rig.name(), 100, 7);
      const long = rig.name();
      await take(rig.store, long, [{ ...limit, amount: 30 }]);
      await take(rig.store, rig.name(), [limit], LEASE_MS);
      await take(rig.store, rig.name(), [limit], LEASE_MS);
      await rig.pass(LEASE_MS);
      for (let i = 0; i < 2; i++) {
        expectMatch(await stateOf(rig.store, limit), { used: 44, held: 30 }, 'the state');
      }
      await settle(rig.store, long, [{ ...limit, amount: 30 }], [1]);
      expectMatch(await stateOf(rig.store, limit), { used: 15, held: 0 }, 'the state, settled');
    },

    'settling after the lease ended still corrects, once': async (rig) => {
      const limit = spendOf(rig.name(), 100, 60);
      const id = rig.name();
      await take(rig.store, id, [limit], LEASE_MS);
      await rig.pass(rig.exact ? 23 * 3_600_000 : LEASE_MS);
      await settle(rig.store, id, [limit], [5]);
      await settle(rig.store, id, [limit], [5]);
      expectMatch(await stateOf(rig.store, limit), { used: 5, held: 0 }, 'the state');
    },

    async 'a reservation that is not known is counted now, in spend only, and once'({
      store,
      name,
    }) {
      const key = name();
      const limits = [windowOf(key, 100, 10), spendOf(key, 100, 10)];
      const id = name('unknown');
      await settle(store, id, limits, [8, 8]);
      await settle(store, id, limits, [8, 8]);
      expectMatch(await store.read(limits), [{ used: 0 }, { used: 8, held: 0 }], 'the states');
      await settle(store, name('unknown'), limits);
      expectMatch((await stateOf(store, limits[1] as never)).used, 18, 'as reserved');
    },

    async 'a counter that a ledger knows of is unknown until it is restored, once'({
      store,
      name,
    }) {
      const limit = spendOf(name(), 100, 10, { restorable: true });
      const id = name();
      expectMatch((await refused(store, id, [limit])).reason, 'unknown', 'the reason');
      await store.restore(limit, 85);
      await store.restore(limit, 0);
      expectMatch(await take(store, id, [limit]), [{ used: 95, held: 10 }], 'the state');
      expectMatch((await refused(store, name(), [limit])).reason, 'full', 'the reason');
    },

    async 'what is settled while a counter is unknown is not forgotten by restoring it'({
      store,
      name,
    }) {
      const limit = spendOf(name(), 100, 10, { restorable: true });
      await settle(store, name('lost'), [limit], [7]);
      expectMatch((await refused(store, name(), [limit])).reason, 'unknown', 'the reason');
      await store.restore(limit, 80);
      expectMatch((await stateOf(store, limit)).used, 87, 'used');
    },

    async 'restoring what is known changes nothing'({ store, name }) {
      const limit = spendOf(name(), 100, 10);
      await take(store, name(), [limit]);
      await store.restore(limit, 50);
      expectMatch((await stateOf(store, limit)).used, 10, 'used');
    },

    async 'amounts are exact up to nine million dollars'({ store, name }) {
      const key = name();
      const most = 9_007_199_254_740_991;
      const limit = (amount: number) => spendOf(key, most, amount);
      const id = name();
      await take(store, id, [limit(9_000_000_000_000_001)]);
      await settle(store, id, [limit(9_000_000_000_000_001)], [9_000_000_000_000_003]);
      expectMatch((await stateOf(store, limit(0))).used, 9_000_000_000_000_003, 'used');
      await take(store, name(), [limit(7_199_254_740_988)]);
      expectMatch((await stateOf(store, limit(0))).used, most, 'used, at the very end');
      await refused(store, name(), [limit(1)]);
    },

    async 'two limits of one counter count together, and are settled together'({ store, name }) {
      const limit = spendOf(name(), 50, 30);
      await refused(store, name(), [limit, limit]);
      expectMatch((await stateOf(store, limit)).used, 0, 'used after the refusal');
      const half = { ...limit, amount: 25 };
      const id = name();
      await take(store, id, [half, half]);
      await settle(store, id, [half, half], [1, 2]);
      expectMatch(await stateOf(store, limit), { used: 3, held: 0 }, 'the state');
    },
  });
}
