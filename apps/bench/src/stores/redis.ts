import { randomUUID } from 'node:crypto';
import { relay } from '@inferway/conformance';
import { createRedisStores } from '@inferway/redis';
import { createClient } from '@redis/client';
import { spread } from '../statistics.js';
import { LIMITS } from './memory.js';
import { timeSteps, type StoreRow } from './measured.js';

const AT_ONCE = 16;
const LEASE_MS = 60_000;
// The least that a script can do: what is above it is the decision.
const EMPTY_SCRIPT = 'return {1,2,3}';

/** A decision (a reservation, then its settlement) on Redis, over a bare `PING` and a bare `EVALSHA` of the same client in the same round. */
export async function measureRedis(url: string, times: number, count: number): Promise<StoreRow[]> {
  const prefix = `bench-${randomUUID()}`;
  const stores = createRedisStores({ url, prefix, timeoutMs: 5000 });
  const bare = createClient({ url });
  await Promise.all([stores.ready(), bare.connect()]);
  try {
    const sha = await bare.scriptLoad(EMPTY_SCRIPT);
    const ping = (): unknown => bare.ping();
    const script = (): unknown =>
      bare.evalSha(sha, { keys: [`{${prefix}}`], arguments: ['a', 'b', 'c'] });
    const rows: StoreRow[] = [];
    for (const [what, limits] of Object.entries(LIMITS)) {
      let number = 0;
      const decide = async (): Promise<void> => {
        const id = `${what}:${++number}`;
        await stores.quota.reserve({ id, limits, leaseMs: LEASE_MS });
        await stores.quota.settle({ id, limits, actual: [] });
      };
      const taken = { decision: [] as number[], ping: [] as number[], script: [] as number[] };
      for (let round = 0; round <= times; round++) {
        // Two operations a decision; a half of that is one.
        const decision = (await timeSteps(count, AT_ONCE, decide)) / 2;
        const pinged = await timeSteps(count, AT_ONCE, ping);
        const scripted = await timeSteps(count, AT_ONCE, script);
        if (round === 0) continue;
        taken.decision.push(decision);
        taken.ping.push(decision / pinged);
        taken.script.push(decision / scripted);
      }
      const commands = await commandsOf(url, limits);
      const cost = spread(taken.decision);
      const row = { what: `Redis: a decision, ${what}`, unit: 'µs', cost, commands };
      rows.push(
        { ...row, over: { baseline: 'PING', ratio: spread(taken.ping) } },
        { ...row, over: { baseline: 'EVALSHA of an empty script', ratio: spread(taken.script) } },
      );
    }
    return rows;
  } finally {
    await removeKeys(bare, prefix);
    await Promise.all([stores.close(), bare.close()]);
  }
}

/** Commands on the wire for one decision, once the server has the scripts. */
async function commandsOf(url: string, limits: (typeof LIMITS)[string]): Promise<number> {
  const { hostname, port } = new URL(url);
  const wire = await relay({ host: hostname, port: port === '' ? 6379 : Number(port) });
  const through = new URL(url);
  through.host = `${wire.host}:${wire.port}`;
  const prefix = `bench-${randomUUID()}`;
  const stores = createRedisStores({ url: through.href, prefix, timeoutMs: 5000 });
  try {
    await stores.quota.reserve({ id: 'first', limits, leaseMs: LEASE_MS });
    await stores.quota.settle({ id: 'first', limits, actual: [] });
    const before = wire.sent.length;
    await stores.quota.reserve({ id: 'second', limits, leaseMs: LEASE_MS });
    const reserved = wire.sent.slice(before).join('');
    await stores.quota.settle({ id: 'second', limits, actual: [] });
    // Each command begins as a list of texts, which no text here does.
    return [...reserved.matchAll(/(?:^|\n)\*\d+\r\n\$/gu)].length;
  } finally {
    const bare = createClient({ url });
    await bare.connect();
    await removeKeys(bare, prefix);
    await Promise.all([stores.close(), bare.close()]);
    await wire.close();
  }
}

interface Keys {
  scanIterator(options: { MATCH: string; COUNT: number }): AsyncIterable<string[]>;
  unlink(keys: string[]): Promise<unknown>;
}

async function removeKeys(client: Keys, prefix: string): Promise<void> {
  for await (const keys of client.scanIterator({ MATCH: `*${prefix}*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
