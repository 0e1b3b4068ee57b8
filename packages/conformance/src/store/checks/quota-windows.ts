import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { refused, reserve, settle, stateOf, take, windowOf } from './quota-limits.js';

/** At most so much in any window, wherever it begins. */
export function quotaWindows(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    async 'takes what fits, to the last one, and no more'({ store, name }) {
      const key = name();
      for (let used = 1; used <= 3; used++) {
        const [state] = await take(store, name(), [windowOf(key, 3)]);
        expectMatch(state?.used, used, 'used');
      }
      const { reason, refused: index } = await refused(store, name(), [windowOf(key, 3)]);
      expectMatch({ reason, index }, { reason: 'full', index: 0 }, 'the refusal');
      expectMatch((await stateOf(store, windowOf(key, 3))).used, 3, 'used after the refusal');
    },

    async 'amounts of tokens: what does not fit leaves room for what does'({ store, name }) {
      const key = name();
      await take(store, name(), [windowOf(key, 100, 70)]);
      await refused(store, name(), [windowOf(key, 100, 31)]);
      await take(store, name(), [windowOf(key, 100, 30)]);
      await take(store, name(), [windowOf(key, 100, 0)]);
      expectMatch((await stateOf(store, windowOf(key, 100))).used, 100, 'used');
    },

    async 'more than the limit is never granted, and says so'({ store, name }) {
      const decision = await refused(store, name(), [windowOf(name(), 10, 11)]);
      expectMatch(decision.reason, 'never', 'the reason');
      expectTrue(decision.retryAfterMs === undefined, 'there is no time to wait for');
    },

    'it fits after retryAfterMs': async (rig) => {
      const { store, name } = rig;
      const windowMs = rig.shortMs;
      const limit = windowOf(name(), 2, 1, windowMs);
      await take(store, name(), [limit]);
      if (rig.exact) await rig.pass(100);
      await take(store, name(), [limit]);
      const { retryAfterMs = -1 } = await refused(store, name(), [limit]);
      const slack = windowMs / 16;
      expectTrue(
        retryAfterMs > 0 && retryAfterMs <= windowMs + slack,
        `retryAfterMs is ${retryAfterMs}`,
      );
      if (rig.exact) {
        expectTrue(retryAfterMs >= windowMs - 100, `retryAfterMs is early: ${retryAfterMs}`);
        await rig.pass(retryAfterMs - 1);
        await refused(store, name(), [limit]);
        await rig.pass(1);
      } else await rig.pass(retryAfterMs);
      await take(store, name(), [limit]);
    },

    'retryAfterMs is for the whole amount': async (rig) => {
      const { store, name } = rig;
      const key = name();
      const limit = (amount: number) => windowOf(key, 10, amount, rig.shortMs);
      for (let i = 0; i < 5; i++) {
        await take(store, name(), [limit(2)]);
        if (rig.exact) await rig.pass(20);
      }
      // In this order: in real time the wait is shorter the later it is asked for.
      const long = await refused(store, name(), [limit(9)]);
      const short = await refused(store, name(), [limit(1)]);
      expectTrue((short.retryAfterMs ?? 0) <= (long.retryAfterMs ?? 0), 'more waits longer');
      await rig.pass(long.retryAfterMs ?? 0);
      await take(store, name(), [limit(9)]);
    },

    'is empty again after resetMs': async (rig) => {
      const limit = windowOf(rig.name(), 2, 2, rig.shortMs);
      const [state] = await take(rig.store, rig.name(), [limit]);
      const resetMs = state?.resetMs ?? -1;
      expectTrue(resetMs > 0 && resetMs <= rig.shortMs * (17 / 16), `resetMs is ${resetMs}`);
      await rig.pass(resetMs);
      expectMatch((await stateOf(rig.store, limit)).used, 0, 'used');
    },

    'no window holds more than the limit, wherever it begins': async (rig) => {
      const limit = windowOf(rig.name(), 10, 1, 200);
      const admitted: { from: number; to: number }[] = [];
      for (let i = 0; i < 150; i++) {
        const from = rig.exact ? rig.now() : performance.now();
        const { granted } = await reserve(rig.any(i), rig.name(), [limit], 50);
        const to = rig.exact ? rig.now() : performance.now();
        if (granted) admitted.push({ from, to });
        if (rig.exact) await rig.pass(1 + ((i * i) % 11));
        else if (i % 10 === 0) await rig.pass(5);
      }
      // Each was admitted between `from` and `to`: so many within less than a window are too many, whenever exactly it was.
      for (const [index, { from }] of admitted.entries()) {
        const last = admitted[index + 10];
        if (last === undefined) break;
        expectTrue(last.to - from >= 200, `11 were admitted within ${last.to - from} ms of 200`);
      }
      expectTrue(admitted.length > 10, 'the window slides');
    },

    async 'settling for less gives room, settling for more takes it'({ store, name }) {
      const key = name();
      const id = name();
      await take(store, id, [windowOf(key, 100, 90)]);
      const [less] = await settle(store, id, [windowOf(key, 100, 90)], [20]);
      expectMatch(less?.used, 20, 'used after settling for less');
      const second = name();
      await take(store, second, [windowOf(key, 100, 50)]);
      await settle(store, second, [windowOf(key, 100, 50)], [130]);
      expectMatch((await stateOf(store, windowOf(key, 100))).used, 150, 'used after more');
      await refused(store, name(), [windowOf(key, 100, 0)]);
    },

    'is settled in the window in which it was reserved': async (rig) => {
      const { store, name } = rig;
      const limit = windowOf(name(), 100, 90, rig.shortMs);
      const id = name();
      await take(store, id, [limit]);
      await rig.pass(rig.shortMs * 1.25);
      await take(store, name(), [{ ...limit, amount: 40 }]);
      const [settled] = await settle(store, id, [limit], [10]);
      for (const { used } of [settled ?? { used: -1 }, await stateOf(store, limit)]) {
        expectTrue(used === 40 || (!rig.exact && used === 0), `used is ${used}, not 40`);
      }
    },

    async 'lengths of window are counted apart, also under one key'({ store, name }) {
      const key = name();
      const both = [windowOf(key, 10, 1, 60_000), windowOf(key, 20, 1)];
      await take(store, name(), both);
      const states = await take(store, name(), both);
      expectMatch(states, [{ used: 2 }, { used: 2 }], 'the states');
    },

    async 'two limits of one counter count together'({ store, name }) {
      const limit = windowOf(name(), 5, 3);
      const { refused: index } = await refused(store, name(), [limit, limit]);
      expectMatch(index, 1, 'the limit that refused');
      expectMatch((await stateOf(store, limit)).used, 0, 'used after the refusal');
    },
  });
}
