import { relay, type Relay } from '@inferway/conformance';
import { createPostgresLedger, type PostgresLedger } from '@inferway/postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withDatabase } from './database.js';
import { errorOf, row } from './rows.js';

// Long enough for a loaded machine, short enough for a test.
const LIMIT_MS = 600;

await withDatabase(({ url, schema, ask }) => {
  describe('a Postgres that fails', () => {
    let way: Relay;
    let ledger: PostgresLedger;
    let tenant: string;
    let number = 0;

    beforeEach(async () => {
      const { hostname, port } = new URL(url);
      way = await relay({ host: hostname, port: Number(port === '' ? 5432 : port) });
      const through = new URL(url);
      through.host = `${way.host}:${way.port}`;
      ledger = createPostgresLedger({ url: through.href, schema, timeoutMs: LIMIT_MS });
      tenant = `t${number++}`;
      // The first use makes the tables, which may take longer on a loaded machine than an operation may.
      await eventually(() => ledger.append([row(`${tenant}/first`, { caller: { tenant } })]));
    });
    afterEach(async () => {
      way.thaw();
      await ledger.close();
      await way.close();
    });

    const write = (id: string): Promise<void> =>
      ledger.append([row(`${tenant}/${id}`, { caller: { tenant } })]);
    const attempts = async (): Promise<number | undefined> =>
      (await ledger.sum({ tenant }))[0]?.attempts;

    test('frozen: every operation ends within its limit, as a time-out, and after it all goes on', async () => {
      way.freeze();
      const began = performance.now();
      const errors = await Promise.all([
        ...Array.from({ length: 12 }, (_none, index) => errorOf(write(`frozen${index}`))),
        errorOf(ledger.sum({ tenant }) as Promise<unknown>),
        errorOf(ledger.rows({ tenant })),
      ]);
      const took = performance.now() - began;
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['timeout']));
      expect(took).toBeLessThan(10 * LIMIT_MS);
      way.thaw();
      await eventually(() => write('after'));
      for (let index = 0; index < 12; index++) await eventually(() => write(`frozen${index}`));
      // What was sent before the freeze ended may have been written: by its id, once.
      expect(await attempts()).toBe(14);
    });

    test('frozen while it is closed: closing ends all the same', async () => {
      way.freeze();
      await ledger.close();
      expect(await errorOf(write('late'))).toMatchObject({ code: 'configuration' });
    });

    test('gone: connection errors at once, and the next connection works', async () => {
      way.refuse();
      way.reset();
      expect(await errorOf(write('gone'))).toMatchObject({ code: 'connection', retryable: true });
      way.accept();
      await eventually(() => write('back'));
      expect(await attempts()).toBe(2);
    });

    test('broken in the middle of an answer: the rows are written, and given again they are not doubled', async () => {
      way.resetAfter(1);
      expect((await errorOf(write('half'))).code).toMatch(/connection|timeout/u);
      await eventually(() => write('half'));
      expect(await attempts()).toBe(2);
    });

    test('ending its connections, as at a restart, idle ones too', async () => {
      await ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inferway' AND query LIKE '%${schema}%'`,
      );
      await eventually(() => write('after the restart'));
      expect(await attempts()).toBe(2);
    });

    test('locked by somebody: ends within the limit, and nothing stays behind', async () => {
      const lock = ask(
        `BEGIN; LOCK TABLE "${schema}".ledger; SELECT pg_sleep(${(LIMIT_MS * 3) / 1000}); COMMIT`,
      );
      await eventually(async () => {
        const found = await ask(
          `SELECT 1 FROM pg_locks WHERE relation = '"${schema}".ledger'::regclass AND mode = 'AccessExclusiveLock' AND granted`,
        );
        if (found.length === 0) throw new Error('not locked yet');
      });
      expect(await errorOf(write('locked'))).toMatchObject({ code: 'timeout' });
      await lock;
      await eventually(() => write('unlocked'));
      const found = await ask(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%${schema}%'`,
      );
      expect(found).toEqual([{ n: 0 }]);
    });
  });

  test('nothing of an error tells the password', async () => {
    const { hostname, port, pathname } = new URL(url);
    const secret = 'hunter2-secret';
    const wrong = [
      `postgres://nobody:${secret}@${hostname}:${port || 5432}/no_such_database_here`,
      `postgres://nobody:${secret}@127.0.0.1:1${pathname}`,
      `postgres://nobody:${secret}@no-such-host.invalid:5432${pathname}`,
    ];
    for (const one of wrong) {
      const broken = createPostgresLedger({ url: one, schema, timeoutMs: 2000 });
      const error = await errorOf(broken.append([row('x')]));
      const all = [
        error.message,
        JSON.stringify(error),
        String(error.cause),
        JSON.stringify(error.cause),
        error.stack,
      ].join();
      expect(all).not.toContain(secret);
      await broken.close();
    }
    expect(() => createPostgresLedger({ url: `postgres://u:${secret}@[bad`, schema })).toThrow(
      expect.objectContaining({ param: 'url', message: expect.not.stringContaining(secret) }),
    );
  });
});

async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await work();
      return;
    } catch (reason) {
      if (tries === 40) throw reason;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
