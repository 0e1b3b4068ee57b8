import type { Ledger, LedgerRow } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { inTime } from '../../provider/in-time.js';
import { fullRow, rowOf } from '../ledger-rows.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { allRows, told } from './ledger-reading.js';

/** Rows are written once, all or none, and come back as they were. */
export function ledgerWriting(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.ledger, {
    async 'a row comes back with every member as it was'({ store, name }) {
      const tenant = name('tenant');
      const row = fullRow(name('row'), tenant);
      await store.append([row]);
      const [back] = await allRows(store, { tenant });
      expectMatch(back && told(back), told(row), 'the row');
    },

    async 'what a row does not have, it does not have when it comes back'({ store, name }) {
      const tenant = name('tenant');
      const bare: LedgerRow = {
        id: name('row'),
        callId: 'c',
        attempt: 1,
        at: 0,
        caller: { tenant },
        operation: 'chat',
        provider: 'acme',
        model: 'm',
        status: 'cancelled',
        costSource: 'unknown',
        possiblyBilled: true,
      };
      await store.append([bare]);
      const [back] = await allRows(store, { tenant });
      expectTrue(back !== undefined, 'the row is there');
      for (const member of [
        'cost',
        'inputTokens',
        'outputTokens',
        'durationMs',
        'servedBy',
        'error',
      ] as const) {
        expectTrue(back[member] === undefined, `${member} is undefined, not ${back[member]}`);
      }
      expectTrue(back.caller.user === undefined, 'caller.user is undefined');
    },

    async 'nothing is written by no rows'({ store, name }) {
      await store.append([]);
      expectMatch(await allRows(store, { tenant: name('tenant') }), [], 'the rows');
    },

    async 'a second row with the same id is not written, whatever it says'({ store, name }) {
      const tenant = name('tenant');
      const id = name('row');
      await store.append([rowOf(id, { caller: { tenant }, cost: 1 })]);
      await store.append([
        rowOf(id, { caller: { tenant }, cost: 2 }),
        rowOf(name('row'), { caller: { tenant }, cost: 4 }),
      ]);
      await expectCost(store, tenant, 5, 2);
    },

    async 'the same id twice in one call is written once'({ store, name }) {
      const tenant = name('tenant');
      const id = name('row');
      const row = rowOf(id, { caller: { tenant }, cost: 1 });
      await store.append([row, rowOf(name('row'), { caller: { tenant }, cost: 2 }), row]);
      await expectCost(store, tenant, 3, 2);
    },

    async 'all rows are written or none: one that cannot be read takes the others with it'({
      store,
      name,
    }) {
      const tenant = name('tenant');
      const good = (): LedgerRow => rowOf(name('row'), { caller: { tenant } });
      const broken = Object.defineProperty({ ...good() }, 'id', {
        enumerable: true,
        get() {
          throw new Error('a row that cannot be read');
        },
      });
      await expectRefused(store, [good(), good(), broken, good()], 'a row that cannot be read');
      expectMatch(await allRows(store, { tenant }), [], 'the rows that were written');
    },

    async 'amounts that are no whole numbers are refused, and nothing with them'({ store, name }) {
      const tenant = name('tenant');
      for (const cost of [Number.NaN, 0.5, -1, Number.POSITIVE_INFINITY, 2 ** 53]) {
        const rows = [rowOf(name('row'), { caller: { tenant } })];
        rows.push(rowOf(name('row'), { caller: { tenant }, cost }));
        await expectRefused(store, rows, `a cost of ${cost}`);
      }
      expectMatch(await allRows(store, { tenant }), [], 'the rows that were written');
    },

    async 'what is changed in a row after it was written changes nothing'({ store, name }) {
      const tenant = name('tenant');
      const tags = ['before'];
      const row = { ...rowOf(name('row'), { caller: { tenant, tags }, cost: 1 }) };
      await store.append([row]);
      tags.push('after');
      Object.assign(row, { cost: 2 });
      await expectCost(store, tenant, 1, 1);
      expectMatch((await allRows(store, { tenant, tag: 'after' })).length, 0, 'rows tagged later');
    },

    async 'three thousand rows are written in one go'({ store, name }) {
      const tenant = name('tenant');
      const rows = Array.from({ length: 3000 }, () => rowOf(name('row'), { caller: { tenant } }));
      await store.append(rows);
      await expectCost(store, tenant, 3_000_000, 3000);
    },

    async 'the same rows from many writers at once, in any order, are written once each'(rig) {
      const tenant = rig.name('tenant');
      const rows = Array.from({ length: 60 }, () =>
        rowOf(rig.name('row'), { caller: { tenant }, cost: 7 }),
      );
      const batches = Array.from({ length: 24 }, (_none, writer) => {
        const from = (writer * 13) % 40;
        const batch = rows.slice(from, from + 20);
        return writer % 2 === 0 ? batch : batch.toReversed();
      });
      await inTime(
        Promise.all(batches.map((batch, index) => rig.any(index).append(batch))),
        'writers at once',
      );
      await rig.store.append(rows);
      await expectCost(rig.store, tenant, 60 * 7, 60);
    },
  });
}

async function expectCost(
  ledger: Ledger,
  tenant: string,
  cost: number,
  attempts: number,
): Promise<void> {
  const sums = await ledger.sum({ tenant });
  expectMatch(sums, [{ cost, attempts }], 'the sum');
}

async function expectRefused(
  ledger: Ledger,
  rows: readonly LedgerRow[],
  what: string,
): Promise<void> {
  const refused = await ledger.append(rows).then(
    () => false,
    () => true,
  );
  expectTrue(refused, `${what} is refused`);
}
