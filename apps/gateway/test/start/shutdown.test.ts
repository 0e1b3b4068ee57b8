import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withService } from '@inferway/conformance';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { REDIS, rowsOf, standing, testPrefix } from '../support/books.js';
import { runMain, type MainProcess } from '../support/run-main.js';

const BUDGETS = [{ name: 'tenants', per: 'tenant', usd: 100, period: 'total' }] as const;
const WHO = { tenant: 'acme' };
const KEY = 'iw_key-of-acme';

await withService(REDIS, (url) => {
  const books = async (): Promise<{ folder: string; ledger: string; prefix: string }> => {
    const folder = await mkdtemp(join(tmpdir(), 'inferway-books-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return { folder, ledger: join(folder, 'ledger.db'), prefix: testPrefix(url) };
  };
  type Books = Awaited<ReturnType<typeof books>>;

  const provider = async (): Promise<Simulator> => {
    const simulator = createSimulator({ pace: { ttftMs: 5, perTokenMs: 5 } });
    await simulator.listen();
    onTestFinished(() => simulator.close());
    return simulator;
  };

  const start = async (
    simulator: Simulator,
    { folder, prefix }: Books,
    more: ConfigInput = {},
  ): Promise<MainProcess & { url: string }> => {
    const price = simulator.prices['sim-chat'];
    const config: ConfigInput = {
      localEngines: false,
      keys: [{ id: 'acme', key: '${ACME}' }],
      providers: { sim: { baseUrl: simulator.baseUrls.openai, key: '${SIM}' } },
      prices: {
        'sim/sim-chat': { input: (price?.input ?? 0) / 1e9, output: (price?.output ?? 0) / 1e9 },
      },
      // No row is written by chance before the end: what the end writes is what is tested.
      ledger: { sqlite: join(folder, 'ledger.db'), spool: join(folder, 'spool'), batchMs: 60_000 },
      stores: {
        redis: '${REDIS_URL}',
        prefix,
        processes: 1,
        timeoutMs: 2000,
        // What a process holds for an outage of the store would be held until its own lease is over.
        budgetsInOutage: more.shutdownGraceMs === undefined ? 'closed' : 'lease',
      },
      budgets: { rules: BUDGETS, leaseMs: 2000 },
      callerLimits: { rules: [{ per: 'tenant', concurrency: 8, windowMs: 60_000, requests: 100 }] },
      ...more,
    };
    const environment = { ACME: KEY, SIM: 'any', REDIS_URL: url };
    const main = await runMain(environment, [], (at) =>
      writeFile(join(at, 'inferway.config.json'), JSON.stringify(config)),
    );
    return { ...main, url: await main.ready() };
  };

  const call = (main: { url: string }, words: number, stream: boolean): Promise<Response> =>
    fetch(`${main.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify({
        model: 'sim/sim-chat',
        stream,
        max_tokens: 4000,
        messages: [{ role: 'user', content: `Write ${words} words about the sea.` }],
      }),
    });

  /** Begins streams and waits for the first piece of each. */
  const streams = async (main: { url: string }, count: number, words: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => call(main, words, true)));
    return answers.map((answer) => {
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      let text = '';
      const all = (async () => {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return text;
          text += Buffer.from(value).toString();
        }
      })().catch(() => text);
      return { all, begun: () => text.length > 0 };
    });
  };

  test('F71: SIGTERM lets calls end within the grace time, tells the others, and leaves the books closed', async () => {
    const simulator = await provider();
    const own = await books();
    const main = await start(simulator, own, { shutdownGraceMs: 600 });
    for (let time = 0; time < 3; time += 1) await (await call(main, 5, false)).text();
    const short = await streams(main, 2, 40);
    const long = await streams(main, 2, 2000);
    await vi.waitFor(() => expect([...short, ...long].every(({ begun }) => begun())).toBe(true));
    main.child.kill('SIGTERM');
    expect(await main.ended()).toBe(0);
    for (const { all } of short) expect(await all).toContain('[DONE]');
    for (const { all } of long) {
      expect(await all).toContain('being stopped');
      expect(await all).not.toContain('[DONE]');
    }

    const rows = await rowsOf(own.ledger);
    expect(rows.map(({ status }) => status).toSorted()).toEqual([
      ...Array<string>(5).fill('complete'),
      ...Array<string>(2).fill('failed'),
    ]);
    // The gateway's own doing, and said so.
    const cut = rows.filter(({ status }) => status === 'failed');
    expect(cut.map(({ error }) => error)).toEqual(['overloaded', 'overloaded']);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(7);
    // Of what was answered whole, to the last nano-dollar as the provider bills it.
    for (const { requestId = '', status, cost } of rows) {
      if (status === 'complete') expect(cost).toBe(simulator.bill.of(requestId)?.cost);
    }
    const spent = rows.reduce((sum, { cost }) => sum + (cost ?? Number.NaN), 0);
    expect(await standing(url, own.prefix, BUDGETS, WHO)).toMatchObject([{ reserved: 0, spent }]);
  });

  test('kill -9: the next process writes down what the dead one left behind, and what it reserved is not lost', async () => {
    const simulator = await provider();
    const own = await books();
    const main = await start(simulator, own);
    for (let time = 0; time < 3; time += 1) await (await call(main, 5, false)).text();
    const open = await streams(main, 2, 2000);
    await vi.waitFor(() => expect(open.every(({ begun }) => begun())).toBe(true));
    main.child.kill('SIGKILL');
    await once(main.child, 'close');
    expect(await rowsOf(own.ledger)).toEqual([]);

    const next = await start(simulator, own);
    await vi.waitFor(async () => expect(await rowsOf(own.ledger)).toHaveLength(5), 5000);
    const rows = await rowsOf(own.ledger);
    expect(rows.filter(({ status }) => status === 'complete')).toHaveLength(3);
    const abandoned = rows.filter(({ status }) => status === 'abandoned');
    expect(abandoned).toHaveLength(2);
    expect(abandoned.every(({ possiblyBilled }) => possiblyBilled)).toBe(true);
    expect(await (await call(next, 5, false)).text()).toContain('choices');
    next.child.kill('SIGTERM');
    expect(await next.ended()).toBe(0);
    expect(await rowsOf(own.ledger)).toHaveLength(6);
    expect(next.complaints()).toContain('recovered');
    // Its leases are over: what was held is taken for spent.
    await vi.waitFor(async () => {
      const [state] = await standing(url, own.prefix, BUDGETS, WHO);
      expect(state?.reserved).toBe(0);
      expect(state?.spent).toBeGreaterThan(0);
    }, 10_000);
  }, 30_000);
});
