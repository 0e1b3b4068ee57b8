import { createPostgresLedger } from '@inferway/postgres';
import { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { withDatabase } from './database.js';
import { errorOf, row } from './rows.js';

await withDatabase(({ url, schema, ask }) => {
  describe('the tables', () => {
    test('are made by twelve that start at once, each migration once', async () => {
      const many = Array.from({ length: 12 }, () =>
        createPostgresLedger({ url, schema, maxConnections: 1 }),
      );
      await Promise.all(many.map((one, index) => one.append([row('same'), row(`own${index}`)])));
      expect((await many[0]?.sum({}))?.[0]).toMatchObject({ attempts: 13 });
      expect(await ask(`SELECT version FROM "${schema}".migrations`)).toEqual([{ version: 1 }]);
      await Promise.all(many.map((one) => one.close()));
    });

    test('are not made by a first use where migrations are manual; migrate() makes them', async () => {
      const own = `${schema}_manual`;
      const ledger = createPostgresLedger({ url, schema: own, migrations: 'manual' });
      try {
        expect(await errorOf(ledger.append([row('a')]))).toMatchObject({
          code: 'configuration',
          message: expect.stringContaining('migrate()'),
        });
        await ledger.migrate();
        await ledger.append([row('a')]);
        expect((await ledger.rows({})).rows.length).toBe(1);
      } finally {
        await ledger.close();
        await ask(`DROP SCHEMA IF EXISTS "${own}" CASCADE`);
      }
    });

    test('of a newer release are refused, and left as they are', async () => {
      const own = `${schema}_newer`;
      const first = createPostgresLedger({ url, schema: own });
      try {
        await first.append([row('a')]);
        await ask(`INSERT INTO "${own}".migrations (version) VALUES (99)`);
        for (const migrations of ['auto', 'manual'] as const) {
          const older = createPostgresLedger({ url, schema: own, migrations });
          expect(await errorOf(older.append([row('b')]))).toMatchObject({
            code: 'configuration',
            message: expect.stringContaining('99'),
          });
          await older.close();
        }
        // Who runs already goes on: tables are only added to.
        await first.append([row('c')]);
      } finally {
        await first.close();
        await ask(`DROP SCHEMA IF EXISTS "${own}" CASCADE`);
      }
    });

    test('are found by their indexes', async () => {
      const ledger = createPostgresLedger({ url, schema });
      const rows = Array.from({ length: 2000 }, (_none, index) =>
        row(`i${index}`, { caller: { tenant: `t${index % 500}`, user: `u${index}` }, at: index }),
      );
      await ledger.append(rows);
      await ask(`ANALYZE "${schema}".ledger`);
      const plan = JSON.stringify(
        await ask(
          `EXPLAIN SELECT sum(cost) FROM "${schema}".ledger AS row WHERE row.at >= 5 AND left(row."user", 100) = left('u77'::text, 100) AND row."user" = 'u77'`,
        ),
      );
      expect(plan).toContain('ledger_user');
      await ledger.close();
    });
  });

  test('a given pool is used and left open, with its transactions untouched', async () => {
    const pool = new Pool({ connectionString: url, max: 1 });
    const ledger = createPostgresLedger({ pool, schema });
    await ledger.append([row('of a pool')]);
    await ledger.close();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
    expect(await errorOf(ledger.append([row('x')]))).toMatchObject({ code: 'configuration' });
  });

  test('one append is one round trip, also of many rows', async () => {
    const pool = new Pool({ connectionString: url, max: 1 });
    const ledger = createPostgresLedger({ pool, schema });
    await ledger.append([row('warm')]);
    const client = await pool.connect();
    const asked: unknown[] = [];
    const plain = client.query.bind(client) as (...given: unknown[]) => unknown;
    Object.assign(client, {
      query: (...given: unknown[]) => {
        asked.push(given[0]);
        return plain(...given);
      },
    });
    client.release();
    await ledger.append(Array.from({ length: 500 }, (_none, index) => row(`trip${index}`)));
    expect(asked.length).toBe(1);
    await ledger.close();
    await pool.end();
  });
});

describe('bad options are refused by name', () => {
  test.each([
    ['url', {}],
    ['url', { url: 'mysql://x' }],
    ['url', { url: 'not a url' }],
    ['schema', { url: 'postgres://h/d', schema: 'Inferway' }],
    ['schema', { url: 'postgres://h/d', schema: 'x"; DROP SCHEMA y; --' }],
    ['schema', { url: 'postgres://h/d', schema: 'pg_catalog' }],
    ['migrations', { url: 'postgres://h/d', migrations: 'never' }],
    ['maxConnections', { url: 'postgres://h/d', maxConnections: 0 }],
    ['maxConnections', { pool: {}, maxConnections: 2 }],
    ['timeoutMs', { url: 'postgres://h/d', timeoutMs: -1 }],
    ['timeoutMs', { url: 'postgres://h/d', timeoutMs: 2 ** 31 }],
  ])('%s: %j', (param, options) => {
    expect(() => createPostgresLedger(options as never)).toThrow(
      expect.objectContaining({ code: 'configuration', param }),
    );
  });
});
