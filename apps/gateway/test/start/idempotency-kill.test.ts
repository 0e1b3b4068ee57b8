import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withService } from '@inferway/conformance';
import { expect, test } from 'vitest';
import { ask, type Asked } from '../support/ask.js';
import { REDIS, testPrefix } from '../support/books.js';
import { ownUpstream } from '../support/own-upstream.js';
import { runMain, type MainProcess } from '../support/run-main.js';
import { KEY } from '../support/start-gateway.js';

const LEASE_MS = 1500;

await withService(REDIS, (url) => {
  test('a gateway that is killed in the middle of a call keeps its key no longer than the lease', async () => {
    const upstream = await ownUpstream((number) => ({ afterMs: number === 1 ? 60_000 : 0 }));
    const config = {
      localEngines: false,
      providers: { plain: { baseUrl: upstream.baseUrl } },
      idempotency: { leaseMs: LEASE_MS },
      stores: { redis: '${REDIS_URL}', prefix: testPrefix(url), processes: 2, timeoutMs: 1000 },
    };
    const start = (): Promise<MainProcess> =>
      runMain({ INFERWAY_KEY: KEY, REDIS_URL: url }, [], (folder) =>
        writeFile(join(folder, 'inferway.config.json'), JSON.stringify(config)),
      );
    const send = (at: string): Promise<Asked> =>
      ask(at, {
        headers: { 'idempotency-key': 'k' },
        body: { model: 'plain/m', messages: [{ role: 'user', content: 'hi' }] },
      });
    const [dying, living] = await Promise.all([start(), start()]);
    const [first, second] = await Promise.all([dying.ready(), living.ready()]);
    const lost = send(first).catch(() => 'lost');
    while (upstream.asked() === 0) await sleep(10);
    // Longer than the lease, which is renewed as long as the process lives.
    await sleep(LEASE_MS + 300);
    expect((await send(second)).status).toBe(409);
    dying.child.kill('SIGKILL');
    expect(await lost).toBe('lost');
    expect((await send(second)).status).toBe(409);
    await sleep(LEASE_MS + 300);
    const again = await send(second);
    expect([again.status, again.text.includes('answer 2')]).toEqual([200, true]);
    expect((await send(second)).headers['idempotent-replayed']).toBe('true');
    expect(upstream.asked()).toBe(2);
  });
});
