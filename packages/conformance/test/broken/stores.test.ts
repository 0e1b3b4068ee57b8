import {
  memoryCache,
  memoryHealth,
  memoryIdempotency,
  memoryLedger,
  type CacheStore,
  type HealthStore,
  type IdempotencyStore,
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

const idempotencyWith =
  (change: (right: IdempotencyStore) => Partial<IdempotencyStore>) =>
  (clock: Parameters<Parameters<typeof failsOnly>[2]>[0]): Partial<StoreSuite> => ({
    idempotency: () => {
      const right = memoryIdempotency({ clock });
      const bound: IdempotencyStore = {
        claim: (key, request) => right.claim(key, request),
        renew: (key, owner, leaseMs) => right.renew(key, owner, leaseMs),
        finish: (key, owner, answer, ttlMs) => right.finish(key, owner, answer, ttlMs),
        release: (key, owner) => right.release(key, owner),
      };
      return { ...bound, ...change(right) };
    },
  });

failsOnly(
  'looks whether a key is free, and takes it afterwards',
  [/exactly one has it/u, /works alone/u],
  idempotencyWith((right) => {
    const justTaken = new Set<string>();
    return {
      // Who looked before it was taken takes it, too.
      async claim(key, request) {
        const claim = await right.claim(key, request);
        if (claim.state === 'running' && justTaken.has(key)) return { state: 'claimed' };
        if (claim.state === 'claimed') {
          justTaken.add(key);
          void Promise.resolve().then(() => justTaken.delete(key));
        }
        return claim;
      },
    };
  }),
);

failsOnly(
  'does not compare parameters',
  [/other parameters/u, /those of a plain table/u],
  idempotencyWith((right) => ({
    claim: (key, request) => right.claim(key, { ...request, fingerprint: 'any' }),
  })),
);

failsOnly(
  'lets anybody end a claim',
  [/only the owner/u, /nobody renews ends/u, /those of a plain table/u],
  idempotencyWith((right) => {
    const owners = new Map<string, string>();
    const ownerOf = (key: string, owner: string): string => owners.get(key) ?? owner;
    return {
      async claim(key, request) {
        const claim = await right.claim(key, request);
        if (claim.state === 'claimed') owners.set(key, request.owner);
        return claim;
      },
      finish: (key, owner, answer, ttlMs) => right.finish(key, ownerOf(key, owner), answer, ttlMs),
    };
  }),
);

failsOnly(
  'keeps the claims of the dead',
  [/nobody renews ends/u, /those of a plain table/u],
  idempotencyWith((right) => ({
    claim: (key, request) => right.claim(key, { ...request, leaseMs: 2 ** 40 }),
  })),
);

failsOnly(
  'forgets an answer with the lease of its claim',
  [/not with the lease/u, /those of a plain table/u],
  idempotencyWith((right) => {
    const leases = new Map<string, number>();
    return {
      claim(key, request) {
        leases.set(key, request.leaseMs);
        return right.claim(key, request);
      },
      finish: (key, owner, answer, ttlMs) =>
        right.finish(key, owner, answer, Math.min(ttlMs, leases.get(key) ?? ttlMs)),
    };
  }),
);
