import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache } from '@inferway/core/caching';
import { limit } from '@inferway/core/limits';
import { circuitBreaker } from '@inferway/core/resilience';
import { budget, ledger, type LedgerNotice } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import { guardCache, guardHealth, guardQuota, type OutageEvent } from '@inferway/core/stores';
import { createPostgresLedger } from '@inferway/postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, codeOf, COSTS, prices, start } from './rig.js';
import { withPostgres, withRedis } from './shared-rig.js';

const OP_MS = 100;

await withRedis((redis) => {
  describe('a store that is frozen or gone', () => {
    test.each(['frozen', 'reset'] as const)(
      '%s under all layers: every call settles in the time of its operations, by the policy, and one line tells of each store (F67, F68)',
      async (how) => {
        const way = await redis.way();
        const { quota, health, cache: kept } = redis.open(5000, way);
        const lines: OutageEvent[] = [];
        const options = {
          timeoutMs: OP_MS,
          failures: 2,
          retryMs: 60_000,
          onOutage: (event: OutageEvent) => void lines.push(event),
        };
        const guarded = guardQuota(quota, { ...options, processes: 4 });
        const name = `outage ${how}`;
        const spend = budget({
          store: guarded,
          prices,
          budgets: [{ name, usd: 1, period: 'total' }],
        });
        const rig = await start({
          layers: {
            coalesce: false,
            cache: cache({ scope: () => name, store: guardCache(kept, options) }),
            budget: budget({
              store: guarded,
              prices,
              budgets: [{ name, usd: 1, period: 'total' }],
            }),
            callerLimits: limit({
              store: guarded,
              rules: [{ name, windowMs: 120_000, requests: 400 }],
            }),
            breaker: circuitBreaker({ health: guardHealth(health, options) }),
          },
        });
        onTestFinished(() => guarded.close?.());
        const input = (text: string) =>
          ({ ...ask, messages: [{ role: 'user', content: text }] }) as const;
        expect(await codeOf(rig.client.chat(input('first')))).toBe('ok');
        // The slice of the budget that an outage is lived from is there once the store says that it is held.
        await expect.poll(async () => (await spend.states())[0]?.reserved).toBe(10_000_000);
        if (how === 'frozen') way.freeze();
        else {
          way.refuse();
          way.reset();
        }
        const took: number[] = [];
        const codes: string[] = [];
        for (let call = 0; call < 120; call++) {
          const from = performance.now();
          codes.push(await codeOf(rig.client.chat(input(`call ${call}`))));
          took.push(performance.now() - from);
        }
        const longest = Math.max(...took);
        console.info(
          `F67: ${how}: 120 calls, ${codes.filter((code) => code === 'ok').length} ok, the longest ${Math.round(longest)} ms with a limit of ${OP_MS} ms an operation, the median ${took.toSorted((a, b) => a - b)[60]?.toFixed(2)} ms`,
        );
        // A call asks the cache, the limit and the budget, and writes what it got: no more than their times, with room for a busy machine.
        expect(longest).toBeLessThan(5 * OP_MS + 2000);
        // A share of the limit, 400 over 4 processes, and what is left of the slice of the budget; never all, never an error of the store.
        expect(codes.filter((code) => code === 'ok').length).toBeLessThanOrEqual(100);
        expect(new Set(codes)).toEqual(
          new Set(['ok', 'budget', 'rate_limit'].filter((code) => codes.includes(code))),
        );
        expect(codes).toContain('ok');
        const told = lines.filter(({ state }) => state === 'down').map(({ store }) => store);
        expect(told).toEqual([...new Set(told)]);
        expect(told).toEqual(expect.arrayContaining(['quota', 'cache']));
      },
    );
  });

  test('a store that comes back empty gets its counters back from the ledger before anything is granted (F69)', async () => {
    await withLedger(async (books) => {
      const name = 'emptied';
      const budgets = [{ name, usd: 0.001, period: 'day' }] as const;
      const chain = async () => {
        const spend = budget({ store: redis.open(5000).quota, prices, budgets, ledger: books });
        const rows = ledger({ ledger: books, prices });
        const rig = await start({ layers: { coalesce: false, budget: spend, ledger: rows } });
        return { rig, spend, rows };
      };
      const before = await chain();
      // A million nano-dollars, of which each call takes ten thousand.
      for (let call = 0; call < 60; call++)
        expect(await codeOf(before.rig.client.chat(ask))).toBe('ok');
      await before.rows.flush();
      expect((await before.spend.states())[0]).toMatchObject({ spent: 60 * COSTS.first });
      await redis.empty();
      const after = await chain();
      const codes = await Promise.all(
        Array.from({ length: 100 }, () => codeOf(after.rig.client.chat(ask))),
      );
      const granted = codes.filter((code) => code === 'ok').length;
      await expect.poll(async () => (await after.spend.states())[0]?.reserved).toBe(0);
      const [state] = await after.spend.states();
      console.info(
        `F69: after the store was emptied: ${granted} of 100 calls granted, spent ${state?.spent} of 1000000`,
      );
      expect(granted).toBeGreaterThan(0);
      expect(granted).toBeLessThanOrEqual(40);
      expect(state?.spent).toBe((60 + granted) * COSTS.first);
      await after.rows.close();
      await before.rows.close();
    });
  });
});

/** A ledger in a real Postgres; set below where there is one. */
let withLedger: (
  body: (books: ReturnType<typeof createPostgresLedger>) => Promise<void>,
) => Promise<void> = () => Promise.reject(new Error('Postgres is not there.'));

await withPostgres((postgres) => {
  withLedger = async (body) => {
    const books = createPostgresLedger({
      url: postgres.url,
      schema: postgres.schema,
      timeoutMs: 5000,
    });
    await books.migrate();
    try {
      await body(books);
    } finally {
      await books.close();
    }
  };

  test.each(['frozen', 'reset'] as const)(
    'a ledger that is %s when calls are settled: rows are spooled, no call feels it, and each is written once (F70)',
    async (how) => {
      const way = await postgres.way();
      const at = new URL(postgres.url);
      at.host = `${way.host}:${way.port}`;
      const directory = mkdtempSync(join(tmpdir(), 'inferway-faults-'));
      const books = createPostgresLedger({ url: at.href, schema: postgres.schema, timeoutMs: 500 });
      const notices: LedgerNotice[] = [];
      const rows = ledger({
        ledger: books,
        spool: createSpool({ directory }),
        prices,
        batchMs: 5,
        appendTimeoutMs: 500,
        retryMs: 50,
        maxRetryMs: 100,
        onNotice: (notice) => notices.push(notice),
      });
      onTestFinished(async () => {
        await books.close();
        rmSync(directory, { recursive: true, force: true });
      });
      const rig = await start({ layers: { coalesce: false, ledger: rows } });
      const from = Date.now();
      const calls = () =>
        Promise.all(Array.from({ length: 40 }, () => codeOf(rig.client.chat(ask))));
      const sum = async () => (await books.sum({ from, provider: 'first' }))[0];
      expect(new Set(await calls())).toEqual(new Set(['ok']));
      await rows.flush();
      const before = (await sum())?.attempts ?? 0;
      expect(before).toBe(40);
      if (how === 'frozen') way.freeze();
      else {
        way.refuse();
        way.reset();
      }
      expect(new Set(await calls())).toEqual(new Set(['ok']));
      await expect(rows.flush()).rejects.toMatchObject({
        code: expect.stringMatching(/timeout|connection/u),
      });
      expect(rows.state.waiting).toBeGreaterThan(0);
      way.thaw();
      way.accept();
      await expect
        .poll(
          async () => {
            await rows.flush().catch(() => {});
            return rows.state.waiting;
          },
          { timeout: 10_000 },
        )
        .toBe(0);
      expect(await sum()).toMatchObject({ attempts: 80, cost: 80 * COSTS.first, unknown: 0 });
      expect(notices.filter(({ type }) => type === 'outage')).toHaveLength(1);
      await rows.close();
      expect(readdirSync(directory)).toEqual([]);
      console.info(`F70: Postgres ${how} when 40 calls were settled: 80 rows of 80, none twice`);
    },
  );
});
