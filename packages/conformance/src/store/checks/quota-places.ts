import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { placesOf, refused, settle, spendOf, stateOf, take, windowOf } from './quota-limits.js';

/** At most so many at a time, and nobody's death blocks a place for longer than its lease. */
export function quotaPlaces(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    async 'a place is held until it is settled'({ store, name }) {
      const places = [placesOf(name(), 2)];
      const first = name();
      await take(store, first, places);
      const [state] = await take(store, name(), places);
      expectMatch(state, { used: 2, held: 2 }, 'the state');
      expectMatch((await refused(store, name(), places)).reason, 'full', 'the reason');
      const [after] = await settle(store, first, places);
      expectMatch(after, { used: 1, held: 1 }, 'the state after settling');
      await take(store, name(), places);
      await refused(store, name(), places);
    },

    'a place is free again when its lease ends': async ({ store, name, pass, shortMs }) => {
      const places = [placesOf(name(), 1)];
      await take(store, name(), places, shortMs);
      const { retryAfterMs = -1 } = await refused(store, name(), places);
      expectTrue(
        retryAfterMs > 0 && retryAfterMs <= shortMs,
        `retryAfterMs is ${retryAfterMs}, the lease was ${shortMs}`,
      );
      await pass(retryAfterMs);
      expectMatch((await stateOf(store, placesOf('', 1))).used, 0, 'another counter');
      await take(store, name(), places);
    },

    'retryAfterMs is the earliest end of a lease': async (rig) => {
      const { store, name } = rig;
      const places = [placesOf(name(), 3)];
      await take(store, name(), places, 900_000);
      await take(store, name(), places, 300_000);
      await take(store, name(), places, 600_000);
      const { retryAfterMs = -1 } = await refused(store, name(), places);
      expectTrue(
        retryAfterMs > (rig.exact ? 299_999 : 240_000) && retryAfterMs <= 300_000,
        `retryAfterMs is ${retryAfterMs}, not 300,000`,
      );
    },

    'renewing holds it for longer': async ({ store, name, pass, shortMs }) => {
      const places = [placesOf(name(), 1)];
      const id = name();
      await take(store, id, places, shortMs);
      await store.renew([name('unknown'), id], 60_000);
      await pass(shortMs);
      await refused(store, name(), places);
      await settle(store, id, places);
      await take(store, name(), places);
    },

    'renewing brings nothing back': async ({ store, name, pass, shortMs }) => {
      const places = [placesOf(name(), 1)];
      const settled = name();
      await take(store, settled, places);
      await settle(store, settled, places);
      const ended = name();
      await take(store, ended, places, shortMs);
      await pass(shortMs);
      await store.renew([settled, ended], 60_000);
      await store.renew([], 60_000);
      expectMatch((await stateOf(store, places[0] as never)).used, 0, 'used');
      await take(store, name(), places);
    },

    async 'reserving again with an id that is held takes nothing more'({ store, name }) {
      const key = name();
      const limits = [placesOf(key, 2), windowOf(key, 9, 4), spendOf(key, 9, 4)];
      const id = name();
      await take(store, id, limits);
      const states = await take(store, id, limits);
      expectMatch(states, [{ used: 1 }, { used: 4 }, { used: 4, held: 4 }], 'the states');
      await settle(store, id, limits);
      const after = await store.read(limits);
      expectMatch(after, [{ used: 0 }, { used: 4 }, { used: 4, held: 0 }], 'after settling');
    },

    async 'a limit that was lowered holds, and what is held stays'({ store, name }) {
      const key = name();
      for (let i = 0; i < 4; i++) await take(store, name(), [placesOf(key, 4)], 300_000 + i);
      const { retryAfterMs = 0 } = await refused(store, name(), [placesOf(key, 2)]);
      expectTrue(retryAfterMs > 200_000, `retryAfterMs is ${retryAfterMs}`);
      expectMatch((await stateOf(store, placesOf(key, 2))).used, 4, 'used');
    },

    async 'no places at all are never granted'({ store, name }) {
      const { reason } = await refused(store, name(), [placesOf(name(), 0)]);
      expectMatch(reason, 'never', 'the reason');
    },
  });
}
