import { SPEND_PERIODS, spendPeriodOf } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { refused, settle, spendOf, stateOf, take } from './quota-limits.js';

/** Calendar periods in UTC, by the store's clock. */
export function quotaPeriods(suite: StoreSuite): readonly Check[] {
  const always = storeChecks(suite, suite.quota, {
    'every period ends when the calendar says': async (rig) => {
      for (const period of SPEND_PERIODS) {
        if (period === 'total') continue;
        const limit = spendOf(rig.name(), 10, 10, { period });
        const before = rig.now();
        const [state] = await take(rig.store, rig.name(), [limit]);
        const { retryAfterMs = -1 } = await refused(rig.store, rig.name(), [limit]);
        const { endsAt } = spendPeriodOf(period, before);
        // A real clock may have gone on, even into the next period.
        const slack = rig.exact ? 0 : 2000;
        if (endsAt - before <= slack) continue;
        for (const ms of [state?.resetMs ?? -1, retryAfterMs]) {
          expectTrue(
            Math.abs(before + ms - endsAt) <= slack,
            `${period}: ends in ${ms} ms, not in ${endsAt - before}`,
          );
        }
      }
    },

    async 'periods are counted apart, also under one key'({ store, name }) {
      const key = name();
      const limits = (['day', 'month', 'total'] as const).map((period) =>
        spendOf(key, 10, 4, { period }),
      );
      const states = await take(store, name(), limits);
      expectMatch(states, [{ used: 4 }, { used: 4 }, { used: 4 }], 'the states');
    },

    'a sum of another period restores nothing': async (rig) => {
      const limit = spendOf(rig.name(), 100, 10, { period: 'month', restorable: true });
      const { startsAt } = spendPeriodOf('month', rig.now());
      await rig.store.restore(limit, 90, startsAt - 1);
      expectMatch((await refused(rig.store, rig.name(), [limit])).reason, 'unknown', 'the reason');
      await rig.store.restore(limit, 50, startsAt);
      expectMatch((await stateOf(rig.store, limit)).used, 50, 'used');
      const total = spendOf(rig.name(), 100, 10, { restorable: true });
      await rig.store.restore(total, 30, spendPeriodOf('total', rig.now()).startsAt);
      expectMatch((await stateOf(rig.store, total)).used, 30, 'used of a total');
    },
  });
  if (suite.time === undefined) return always;
  return [
    ...always,
    ...storeChecks(suite, suite.quota, {
      'a new period begins at 0, to the millisecond': async (rig) => {
        const limit = spendOf(rig.name(), 10, 10, { period: 'hour' });
        await take(rig.store, rig.name(), [limit]);
        const { retryAfterMs = -1 } = await refused(rig.store, rig.name(), [limit]);
        await rig.pass(retryAfterMs - 1);
        await refused(rig.store, rig.name(), [limit]);
        await rig.pass(1);
        await take(rig.store, rig.name(), [limit]);
      },

      'what was reserved in one period is settled there': async (rig) => {
        const limit = spendOf(rig.name(), 10, 10, { period: 'hour' });
        const [known, lapsed] = [rig.name(), rig.name()];
        await take(rig.store, known, [{ ...limit, amount: 5 }], 7_200_000);
        await take(rig.store, lapsed, [{ ...limit, amount: 5 }], 100);
        await rig.pass(3_600_000);
        await take(rig.store, rig.name(), [{ ...limit, amount: 6 }]);
        await settle(rig.store, known, [limit], [9]);
        await settle(rig.store, lapsed, [limit], [9]);
        expectMatch(await stateOf(rig.store, limit), { used: 6, held: 6 }, 'the new period');
      },

      'in a new period a counter that a ledger knows of is unknown again': async (rig) => {
        const limit = spendOf(rig.name(), 10, 1, { period: 'hour', restorable: true });
        await rig.store.restore(limit, 3);
        await take(rig.store, rig.name(), [limit]);
        await rig.pass(3_600_000);
        expectMatch((await refused(rig.store, rig.name(), [limit])).reason, 'unknown', 'reason');
      },

      'a day later, a settlement that nobody knows any more is counted now': async (rig) => {
        const limit = spendOf(rig.name(), 100, 10);
        const id = rig.name();
        await take(rig.store, id, [limit], 1000);
        await rig.pass(24 * 3_600_000 + 1001);
        await settle(rig.store, id, [limit], [4]);
        expectMatch((await stateOf(rig.store, limit)).used, 14, 'used');
      },
    }),
  ];
}
