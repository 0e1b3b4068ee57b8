import type { QuotaLimit, QuotaStore } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime } from '../../provider/in-time.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import {
  placesOf,
  refused,
  reserve,
  settle,
  spendOf,
  stateOf,
  take,
  windowOf,
} from './quota-limits.js';

const AT_ONCE = 60;

/** Several limits are one decision, and decisions made at the same time are made one after another. */
export function quotaTogether(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    async 'what one limit refuses, the others do not lose'({ store, name }) {
      const key = name();
      const others = [windowOf(key, 9, 2), placesOf(key, 9), spendOf(key, 9, 3)];
      const full = windowOf(name(), 1);
      await take(store, name(), [full]);
      for (let place = 0; place <= others.length; place++) {
        const limits = others.toSpliced(place, 0, full);
        const { refused: index, states } = await refused(store, name(), limits);
        expectMatch(index, place, 'the limit that refused');
        expectMatch(states.length, limits.length, 'states');
        expectMatch(states[place], { used: 1 }, 'the state of what is full');
      }
      const after = await store.read(others);
      expectMatch(after, [{ used: 0 }, { used: 0, held: 0 }, { used: 0, held: 0 }], 'the others');
    },

    async 'of several that refuse, the one that takes longest is told'({ store, name }) {
      const [soon, late] = [windowOf(name(), 1, 1, 60_000), windowOf(name(), 1, 1, 7_200_000)];
      const total = spendOf(name(), 1, 1);
      await take(store, name(), [soon, late, total]);
      const { refused: later, retryAfterMs = 0 } = await refused(store, name(), [soon, late]);
      expectMatch(later, 1, 'the later one');
      expectTrue(retryAfterMs > 3_600_000, `retryAfterMs is the longest: ${retryAfterMs}`);
      const endless = await refused(store, name(), [late, total, soon]);
      expectMatch(endless.refused, 1, 'the one without an end');
      const never = await refused(store, name(), [total, { ...soon, amount: 2 }, late]);
      expectMatch([never.refused, never.reason], [1, 'never'], 'the one that never fits');
    },

    async 'reading takes nothing, and what nobody used is at 0'({ store, name }) {
      const key = name();
      const limits = [windowOf(key, 1), placesOf(key, 1), spendOf(key, 1, 1)];
      for (let i = 0; i < 3; i++) {
        expectMatch(
          await store.read(limits),
          [{ used: 0 }, { used: 0, held: 0 }, { used: 0, held: 0 }],
          'the states',
        );
      }
      await take(store, name(), limits);
      expectMatch(await store.read([]), [], 'no states');
    },

    async 'without limits everything is granted'({ store, name }) {
      expectMatch(await take(store, name(), []), [], 'the states');
    },

    'as many as fit are granted at the same time: windows': (rig) =>
      edge(rig, windowOf(rig.name(), 7)),
    'as many as fit are granted at the same time: places': (rig) =>
      edge(rig, placesOf(rig.name(), 7)),
    'as many as fit are granted at the same time: spend': (rig) =>
      edge(rig, spendOf(rig.name(), 7, 1)),

    'amounts of all sizes at the same time are never over, and fill what they can': async (rig) => {
      const limit = spendOf(rig.name(), 100, 0);
      const wanted = Array.from({ length: AT_ONCE }, (_none, index) => 1 + ((index * 7) % 13));
      const decisions = await atOnce(rig, wanted.length, (store, index) =>
        reserve(store, rig.name(), [{ ...limit, amount: wanted[index] ?? 0 }]),
      );
      const granted = decisions.reduce(
        (sum, { granted: yes }, index) => sum + (yes ? (wanted[index] ?? 0) : 0),
        0,
      );
      expectTrue(granted <= 100 && granted > 100 - 13, `${granted} of 100 were granted`);
      expectMatch((await stateOf(rig.store, limit)).used, granted, 'used');
    },

    'one id reserved by many at the same time is taken once': async (rig) => {
      const limits = [placesOf(rig.name(), 5), spendOf(rig.name(), 5, 1)];
      const id = rig.name();
      const decisions = await atOnce(rig, 20, (store) => reserve(store, id, limits));
      expectTrue(
        decisions.every(({ granted }) => granted),
        'all are granted',
      );
      expectMatch(await rig.store.read(limits), [{ used: 1 }, { used: 1 }], 'the states');
    },

    'one id settled by many at the same time counts once': async (rig) => {
      const limit = spendOf(rig.name(), 100, 9);
      const [known, lost] = [rig.name(), rig.name('lost')];
      await take(rig.store, known, [limit]);
      await atOnce(rig, 20, (store) => settle(store, known, [limit], [5]));
      await atOnce(rig, 20, (store) => settle(store, lost, [limit], [3]));
      expectMatch(await stateOf(rig.store, limit), { used: 8, held: 0 }, 'the state');
    },

    'a counter that many restore at the same time is restored once': async (rig) => {
      const limit = spendOf(rig.name(), 100, 9, { restorable: true });
      await atOnce(rig, 20, async (store) => store.restore(limit, 40));
      expectMatch((await stateOf(rig.store, limit)).used, 40, 'used');
    },

    'a name is claimed by one, and again when its time is over': async (rig) => {
      const claimed = rig.name();
      const answers = await atOnce(rig, 20, async (store) => store.claim(claimed, rig.shortMs));
      expectMatch(answers.filter(Boolean).length, 1, 'how many had it');
      expectMatch(await rig.store.claim(rig.name(), 300), true, 'another name');
      await rig.pass(rig.shortMs);
      expectMatch(await rig.store.claim(claimed, rig.shortMs), true, 'the name, later');
    },

    'after all is settled nothing is held': async (rig) => {
      const limits = [placesOf(rig.name(), 1000), spendOf(rig.name(), 1_000_000, 10)];
      await atOnce(rig, AT_ONCE, async (store, index) => {
        const id = rig.name();
        await take(store, id, limits);
        await settle(rig.any(index + 1), id, limits, [undefined, index]);
      });
      const spent = (AT_ONCE * (AT_ONCE - 1)) / 2;
      expectMatch(
        await rig.store.read(limits),
        [
          { used: 0, held: 0 },
          { used: spent, held: 0 },
        ],
        'the states',
      );
    },
  });
}

/** Sixty ask at once for what seven can have. */
async function edge(rig: StoreRig<QuotaStore>, limit: QuotaLimit): Promise<void> {
  const decisions = await atOnce(rig, AT_ONCE, (store) => reserve(store, rig.name(), [limit]));
  expectMatch(decisions.filter(({ granted }) => granted).length, 7, 'how many were granted');
  expectMatch((await stateOf(rig.store, limit)).used, 7, 'used');
}

function atOnce<T>(
  rig: StoreRig<QuotaStore>,
  count: number,
  work: (store: QuotaStore, index: number) => Promise<T>,
): Promise<T[]> {
  return inTime(
    Promise.all(Array.from({ length: count }, (_none, index) => work(rig.any(index), index))),
    'decisions at the same time',
  );
}
