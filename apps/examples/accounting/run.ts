import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSpool } from '@inferway/core/spool';
import type { Ledger } from '@inferway/core/stores';
import { createPostgresLedger } from '@inferway/postgres';
import { createRedisStores } from '@inferway/redis';
import { createSimulator } from '@inferway/simulator';
import { allRows, BookWatch } from './books.js';
import { check } from './check.js';
import { removeAll, removeKeys } from './clean-up.js';
import { disturb } from './disturb.js';
import type { Figures } from './figures.js';
import { lapsedByTenant } from './lapsed.js';
import type { Orders } from './orders.js';
import { faults, LEASE_MS, simulated } from './settings.js';
import { StoreRelays } from './store-relays.js';
import { trueBill } from './true-bill.js';
import { startWorker, Tales } from './workers.js';

export interface RunOptions {
  readonly redisUrl: string;
  readonly postgresUrl: string;
  /** Worker processes at a time. One of them is killed and replaced. */
  readonly workers: number;
  /** Calls at a time, over all workers, and in all. */
  readonly concurrency: number;
  readonly calls: number;
  readonly seed: number;
  /** Whether Redis comes back empty in between, and budgets are set from the ledger. */
  readonly emptied: boolean;
}

const TENANTS = Array.from({ length: 10 }, (_none, index) => `tenant-${index}a${index}b${index}`);

/** Lets workers call a simulated provider while all kinds of things fail, and compares the books with the true bill. */
export async function run(options: RunOptions): Promise<Figures> {
  const name = `accounting_${process.pid}_${Date.now().toString(36)}`;
  const spoolDirectory = await mkdtemp(join(tmpdir(), 'inferway-accounting-'));
  const simulator = createSimulator({ ...simulated, seed: options.seed });
  await simulator.listen();
  for (const [fault, probability] of faults) simulator.faults.set(fault, { probability });
  const wires = await StoreRelays.start({ redis: options.redisUrl, postgres: options.postgresUrl });
  const stores = createRedisStores({ url: options.redisUrl, prefix: name, timeoutMs: 5000 });
  const rows = createPostgresLedger({ url: options.postgresUrl, schema: name });
  const tales = new Tales();
  const orders = (worker: number): Orders => ({
    worker,
    workers: options.workers,
    seed: options.seed * 1000 + worker,
    calls: Math.ceil(options.calls / options.workers),
    concurrency: Math.ceil(options.concurrency / options.workers),
    tenants: TENANTS,
    unbounded: TENANTS[7] as string,
    simulatorUrl: simulator.baseUrls.openai,
    redisUrl: wires.urls.redis,
    prefix: name,
    postgresUrl: wires.urls.postgres,
    schema: name,
    spoolDirectory,
    restorable: options.emptied,
  });
  try {
    await rows.migrate();
    const watch = new BookWatch(stores.quota, TENANTS);
    const workers = Array.from({ length: options.workers }, (_none, index) =>
      startWorker(orders(index), tales),
    );
    await Promise.all(workers.map(({ ready }) => ready));
    const killedAt = await disturb({
      workers,
      wires,
      replacement: () => startWorker(orders(options.workers), tales),
      ...(options.emptied ? { empty: () => removeKeys(options.redisUrl, name) } : {}),
    });
    await Promise.all(workers.map(({ over }) => over));
    await recoverSpools(spoolDirectory, rows);
    // What the killed worker had reserved is taken for spent once its leases end.
    await sleep(LEASE_MS + 500);
    await watch.end();
    const places = [...tales.places].map((key) => ({ kind: 'places' as const, key, limit: 1 }));
    return check({
      workers: options.workers,
      killedAt,
      killedInOutage: tales.cutOff.has(0),
      emptied: options.emptied,
      samples: watch.samples,
      outages: tales.outages,
      tales: tales.calls,
      decisions: tales.decisions,
      bill: trueBill(simulator),
      rows: await allRows(rows),
      lapsed: await lapsedByTenant(options.redisUrl, name, TENANTS),
      tenants: await watch.books(async (tenant) => {
        const own = places.filter(({ key }) => key.includes(tenant));
        const states = own.length === 0 ? [] : await stores.quota.read(own);
        return states.reduce((sum, { used }) => sum + used, 0);
      }),
    });
  } finally {
    await Promise.all([stores.close(), rows.close?.(), wires.close()]);
    await simulator.close();
    await removeAll(options.redisUrl, options.postgresUrl, name);
    await rm(spoolDirectory, { recursive: true, force: true });
  }
}

/** What the killed worker left in its spool is written down by whoever comes next: here by us. */
async function recoverSpools(directory: string, rows: Ledger): Promise<void> {
  const spool = createSpool({ directory });
  await spool.recover((found) => rows.append(found));
  await spool.close();
}
