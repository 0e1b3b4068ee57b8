import type { LedgerRow } from '@inferway/core/stores';
import { expectMatch, expectTrue } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { rowOf } from '../ledger-rows.js';
import { storeChecks } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { allRows } from './ledger-reading.js';

/** Rows can be read to the end, each once, while others are written. */
export function ledgerPaging(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.ledger, {
    async 'the oldest come first, in pages as long as asked'({ store, name }) {
      const tenant = name('tenant');
      const times = Array.from({ length: 25 }, (_none, index) => 1000 + ((index * 7) % 25));
      await store.append(times.map((at) => rowOf(name('row'), { caller: { tenant }, at })));
      const first = await store.rows({ tenant }, { limit: 10 });
      expectMatch(first.rows.length, 10, 'rows of the first page');
      expectTrue(first.next !== undefined, 'there is a next page');
      const rows = await allRows(store, { tenant }, 10);
      expectMatch(
        rows.map(({ at }) => at),
        times.toSorted((one, other) => one - other),
        'the times in order',
      );
    },

    async 'without a limit a page has 100 rows; the last has no next'({ store, name }) {
      const tenant = name('tenant');
      await store.append(
        Array.from({ length: 101 }, () => rowOf(name('row'), { caller: { tenant } })),
      );
      const first = await store.rows({ tenant });
      expectMatch(first.rows.length, 100, 'rows of the first page');
      const last = await store.rows({ tenant }, { after: first.next ?? '' });
      expectMatch(last.rows.length, 1, 'rows of the last page');
      expectTrue(last.next === undefined, 'the last page has no next');
      const whole = await store.rows({ tenant }, { limit: 101 });
      expectTrue(whole.next === undefined, 'a page that holds all has no next');
    },

    async 'no page is longer than 1,000'({ store, name }) {
      const tenant = name('tenant');
      await store.append(
        Array.from({ length: 1001 }, () => rowOf(name('row'), { caller: { tenant } })),
      );
      const rows = await store.rows({ tenant }, { limit: 1001 }).then(
        (page) => page.rows.length,
        () => 0,
      );
      expectTrue(rows <= 1000, `a limit of 1,001 gives at most 1,000 rows or is refused: ${rows}`);
      expectMatch((await store.rows({ tenant }, { limit: 1000 })).rows.length, 1000, 'a long page');
    },

    async 'filters hold on every page'({ store, name }) {
      const tenant = name('tenant');
      const rows = Array.from({ length: 30 }, (_none, index) =>
        rowOf(name('row'), {
          caller: { tenant, tags: index % 3 === 0 ? ['third', 'x'] : ['x'] },
          at: index,
        }),
      );
      await store.append(rows);
      const found = await allRows(store, { tenant, tag: 'third', from: 3 }, 4);
      expectMatch(
        found.map(({ at }) => at),
        [3, 6, 9, 12, 15, 18, 21, 24, 27],
        'the times of the tagged rows',
      );
    },

    async 'rows written while pages are read, older ones too, hide and double none'(rig) {
      const tenant = rig.name('tenant');
      const make = (at: number): LedgerRow => rowOf(rig.name('row'), { caller: { tenant }, at });
      // Many of the same time: a page may end between two of them.
      const before = Array.from({ length: 60 }, (_none, index) => make(1000 + (index >> 4)));
      await rig.store.append(before);
      const seen: string[] = [];
      let after: string | undefined;
      for (let page = 0; page === 0 || after !== undefined; page++) {
        const read = await rig
          .any(page)
          .rows({ tenant }, { limit: 7, ...(after === undefined ? {} : { after }) });
        seen.push(...read.rows.map(({ id }) => id));
        after = read.next;
        if (page < 12) {
          const late = [make(500), make(1000 + page), make(1001), make(9000 + page)];
          await rig.any(page + 1).append(late);
        }
      }
      expectMatch(new Set(seen).size, seen.length, 'rows that were seen, each once');
      const missed = before.filter(({ id }) => !seen.includes(id)).length;
      expectMatch(missed, 0, 'rows that were there before and were not seen');
    },

    async 'a place that no page gave is refused or leads nowhere, and nothing is lost by it'(rig) {
      const tenant = rig.name('tenant');
      await rig.store.append([rowOf(rig.name('row'), { caller: { tenant } })]);
      for (const after of ['', 'x', "1' OR '1'='1", '1|', '9'.repeat(400), '\u0000|a']) {
        const found = await rig.store.rows({ tenant }, { after }).then(
          ({ rows }) => rows.length,
          () => 0,
        );
        expectTrue(found <= 1, `after ${JSON.stringify(after.slice(0, 20))} gives ${found} rows`);
      }
      expectMatch((await allRows(rig.store, { tenant })).length, 1, 'rows afterwards');
    },
  });
}
