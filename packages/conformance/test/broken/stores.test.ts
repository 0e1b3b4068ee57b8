import {
  memoryCache,
  memoryHealth,
  memoryLedger,
  type CacheStore,
  type HealthStore,
  type Ledger,
} from '@inferway/core/stores';
import type { StoreSuite } from '../../src/index.js';
import { failsOnly } from '../support/broken-store.js';

const ledgerWith = (change: (right: Ledger) => Partial<Ledger>) => (): Partial<StoreSuite> => ({
  ledger: () => {
    const right = memoryLedger();
    return { ...right, ...change(right) };
  },
});

failsOnly(
  'writes a row again that is there',
  [/same id/u, /from many writers at once/u, /NUL/u],
  ledgerWith((right) => {
    const written = new Set<string>();
    return {
      append: async (rows) =>
        right.append(
          rows.map((row) => {
            const id = written.has(row.id) ? `${row.id} ${written.size}` : row.id;
            written.add(id);
            return { ...row, id };
          }),
        ),
    };
  }),
);

failsOnly(
  'writes rows one after another',
  [/all rows are written or none/u, /amounts that are no whole numbers/u],
  ledgerWith((right) => ({
    async append(rows) {
      for (const row of rows) await right.append([row]);
    },
  })),
);

failsOnly(
  'rounds money',
  [/money is exact/u],
  ledgerWith((right) => ({
    async sum(query, by) {
      const sums = await right.sum(query, by);
      return sums.map((sum) => ({ ...sum, cost: Number(sum.cost.toPrecision(15)) }));
    },
  })),
);

failsOnly(
  'counts pages by their offset',
  [/hide and double none/u],
  ledgerWith((right) => ({
    async rows(query, page = {}) {
      const { limit = 100 } = page;
      const from = Number(page.after ?? 0);
      if (!Number.isSafeInteger(from) || page.after === '') throw new Error('no such page');
      const all = (await right.rows(query, { limit: 1000 })).rows;
      if (limit > 1000) throw new Error('too long');
      const rows = all.slice(from, from + limit);
      const more = from + limit < all.length || all.length === 1000;
      return more && rows.length === limit && limit < 1000
        ? { rows, next: String(from + limit) }
        : { rows };
    },
  })),
);

failsOnly(
  'finds what is alike',
  [/nothing that is alike/u],
  ledgerWith((right) => ({
    async sum(query, by) {
      if (query.user !== 'a' || by !== undefined) return right.sum(query, by);
      const [small, large] = await Promise.all(
        ['a', 'A'].map((user) => right.sum({ ...query, user })),
      );
      const [one, other] = [small?.[0], large?.[0]];
      if (one === undefined || other === undefined) return [];
      return [{ ...one, attempts: one.attempts + other.attempts }];
    },
  })),
);

const cacheWith =
  (change: (right: CacheStore) => Partial<CacheStore>) =>
  (clock: Parameters<Parameters<typeof failsOnly>[2]>[0]): Partial<StoreSuite> => ({
    cache: () => {
      const right = memoryCache({ clock });
      return { ...right, ...change(right) };
    },
  });

failsOnly(
  'keeps answers for ever',
  [/gone after its time/u],
  cacheWith((right) => ({ set: (key, value) => right.set(key, value, 2 ** 40) })),
);

failsOnly(
  'cuts what is long',
  [/a long value/u],
  cacheWith((right) => ({ set: (key, value, ttl) => right.set(key, value.slice(0, 1000), ttl) })),
);

const healthWith =
  (change: (right: HealthStore) => Partial<HealthStore>) =>
  (clock: Parameters<Parameters<typeof failsOnly>[2]>[0]): Partial<StoreSuite> => ({
    health: () => {
      const right = memoryHealth({ clock });
      return { ...right, ...change(right) };
    },
  });

failsOnly(
  'lets everybody claim',
  [/as many claim as may/u, /a claim is free again/u],
  healthWith(() => ({ claim: () => true })),
);

failsOnly(
  'lets a shorter mark take the place of a longer one',
  [/a mark that lasts longer stays/u],
  healthWith((right) => ({
    async mark(key, ms, reason) {
      const [known] = await right.read([key]);
      if (known !== undefined && known.leftMs > ms) await right.clear(key);
      await right.mark(key, ms, reason);
    },
  })),
);

failsOnly(
  'tells nobody that a mark ended',
  [/told of marks and of their end/u],
  healthWith((right) => ({
    watch: (listener) =>
      right.watch?.((mark) => {
        if (mark.leftMs > 0) listener(mark);
      }) ?? (() => {}),
  })),
);
