import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { relay } from '@inferway/conformance';
import { createClient } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import { ledger, type LedgerNotice } from '@inferway/core/spending';
import { createSpool } from '@inferway/core/spool';
import { fakeProvider, say } from '@inferway/core/testing';
import { createPostgresLedger } from '@inferway/postgres';
import { expect, test } from 'vitest';
import { withDatabase } from './database.js';
import { errorOf } from './rows.js';

await withDatabase(({ url, schema }) => {
  test('rows of an outage are spooled and written once when it is over, in this process or the next (F70)', async () => {
    const { hostname, port } = new URL(url);
    const way = await relay({ host: hostname, port: Number(port === '' ? 5432 : port) });
    const through = new URL(url);
    through.host = `${way.host}:${way.port}`;
    const directory = mkdtempSync(join(tmpdir(), 'inferway-spooled-'));
    const notices: LedgerNotice[] = [];
    const open = () => {
      const store = createPostgresLedger({ url: through.href, schema, timeoutMs: 1500 });
      const layer = ledger({
        ledger: store,
        spool: createSpool({ directory }),
        batchMs: 5,
        batchRows: 10,
        retryMs: 50,
        maxRetryMs: 100,
        onNotice: (notice) => notices.push(notice),
      });
      const client = createClient({
        providers: [fakeProvider({ script: say('a b') })],
        middleware: [layer, cost({ prices: priceTable({ 'fake/*': { input: 1, output: 2 } }) })],
      });
      const calls = (count: number): Promise<unknown> =>
        Promise.all(
          Array.from({ length: count }, () =>
            client.chat({ model: 'fake/m', messages: [{ role: 'user', content: 'hi' }] }),
          ),
        );
      return { store, layer, calls };
    };
    try {
      const first = open();
      await first.calls(20);
      await first.layer.flush();
      // Down, and then frozen: no call feels it.
      way.refuse();
      way.reset();
      await first.calls(20);
      expect(await errorOf(first.layer.flush())).toMatchObject({ code: 'connection' });
      way.accept();
      way.freeze();
      await first.calls(20);
      expect(await errorOf(first.layer.flush())).toMatchObject({ code: 'timeout' });
      expect(notices.map(({ type }) => type)).toEqual(['outage']);
      way.thaw();
      for (let tries = 0; tries < 40 && first.layer.state.waiting > 0; tries++) {
        await first.layer.flush().catch(() => {});
      }
      expect((await first.store.sum({}))[0]).toMatchObject({
        attempts: 60,
        cost: 60 * 14_000,
        unknown: 0,
      });

      // The program ends while the ledger is down: the next one writes what it left.
      way.refuse();
      way.reset();
      await first.calls(20);
      await first.layer.close();
      await first.store.close();
      expect(notices.at(-1)).toMatchObject({ type: 'unwritten', rows: 20, kept: true });
      way.accept();
      const second = open();
      await second.calls(1);
      await second.layer.close();
      expect((await second.store.sum({}))[0]).toMatchObject({ attempts: 81, cost: 81 * 14_000 });
      expect(notices.at(-1)).toMatchObject({
        type: 'recovered',
        rows: 20,
        abandoned: 0,
        damaged: 0,
      });
      expect(readdirSync(directory)).toEqual([]);
      await second.store.close();
    } finally {
      way.thaw();
      await way.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
