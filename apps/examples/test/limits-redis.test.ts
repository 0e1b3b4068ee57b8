import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withService } from '@inferway/conformance';
import { caller, createClient, InferwayError } from '@inferway/core';
import { limit, limitTargets, type LimitOptions } from '@inferway/core/limits';
import type { QuotaStore } from '@inferway/core/stores';
import { createRedisStores, type RedisStores } from '@inferway/redis';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { CountingServer, httpProvider, SHARED_RULES } from './limits-server.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const worker = fileURLToPath(new URL('limits-worker.ts', import.meta.url));

await withService(
  { name: 'Redis', variable: 'REDIS_URL', url: 'redis://127.0.0.1:6379', runner: { describe, it } },
  (redis) => {
    let server: CountingServer;
    let prefix: string;
    const open: RedisStores[] = [];
    const children: ChildProcess[] = [];

    beforeEach(async () => {
      server = await new CountingServer().listen();
      // Every key that a limit makes ends by itself, with its window or lease.
      prefix = `limits-test-${randomBytes(6).toString('hex')}`;
    });
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      server.close();
      await Promise.all(open.splice(0).map((stores) => stores.close()));
    });

    /** The stores of one process. */
    const quota = (): QuotaStore => {
      const stores = createRedisStores({ url: redis, prefix, timeoutMs: 5000 });
      open.push(stores);
      return stores.quota;
    };
    const chain = (options: Partial<LimitOptions> = {}, store = quota()) =>
      createClient({
        providers: [httpProvider(server.url)],
        middleware: [limit({ store, rules: SHARED_RULES, ...options })],
      });
    const codeOf = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'let in',
        (reason: unknown) => InferwayError.from(reason).code,
      );

    test('two chains on one server let in together what one may, at a time and in a window (F64)', async () => {
      const clients = [chain(), chain()];
      const outcomes: string[] = [];
      while (outcomes.filter((outcome) => outcome === 'let in').length < 40) {
        const round = Array.from({ length: 60 }, (_, call) =>
          codeOf(clients[call % 2]?.chat({ model: 'http/m', messages: [] }) as Promise<unknown>),
        );
        outcomes.push(...(await Promise.all(round)));
      }
      const last = clients.map((client) => codeOf(client.chat({ model: 'http/m', messages: [] })));
      expect(await Promise.all(last)).toEqual(['rate_limit', 'rate_limit']);
      expect(server.asked).toBe(40);
      expect(server.most).toBeLessThanOrEqual(8);
      // What places refused took nothing from the window (F65).
      expect(outcomes.length).toBeGreaterThan(40);
    });

    test('calls of two chains wait for the places of both, and all get in; random aborts leak none (A4)', async () => {
      const rules = [{ name: 'few', concurrency: 4 }];
      const queue = { maxWaiting: 500, maxWaitingPerTenant: 500 };
      const clients = [chain({ rules, queue }), chain({ rules, queue })];
      const calls = Array.from({ length: 200 }, (_, index) => {
        const controller = new AbortController();
        if (index % 3 === 0) setTimeout(() => controller.abort(), (index * 7) % 400);
        const asked = clients[index % 2]?.chat(
          { model: 'http/m', messages: [] },
          {
            signal: controller.signal,
            state: (state) => state.set(caller, { tenant: `t${index % 5}` }),
          },
        ) as Promise<unknown>;
        return codeOf(asked);
      });
      const outcomes = await Promise.all(calls);
      expect(outcomes.filter((outcome) => outcome !== 'aborted' && outcome !== 'let in')).toEqual(
        [],
      );
      expect(
        outcomes.filter((outcome, index) => index % 3 !== 0 && outcome === 'let in'),
      ).toHaveLength(133);
      expect(server.most).toBeLessThanOrEqual(4);
      // All four places are free again.
      server.holds = true;
      const before = server.asked;
      const again = Array.from({ length: 4 }, () =>
        codeOf(clients[0]?.chat({ model: 'http/m', messages: [] }) as Promise<unknown>),
      );
      while (server.asked < before + 4) await after(5);
      server.release();
      expect(await Promise.all(again)).toEqual(['let in', 'let in', 'let in', 'let in']);
    });

    test('tokens are settled to what was used: a third call fits only because the first two used little', async () => {
      const store = quota();
      const client = createClient({
        providers: [httpProvider(server.url)],
        middleware: [
          limitTargets({
            store,
            inputTokens: () => 1,
            rules: [{ windowMs: 120_000, totalTokens: 250 }],
          }),
        ],
      });
      const input = { model: 'http/m', messages: [], maxOutputTokens: 200 } as const;
      const together = [0, 1].map(() => codeOf(client.chat(input)));
      expect((await Promise.all(together)).sort()).toEqual(['let in', 'rate_limit']);
      let tries = 0;
      // The settlement follows the answer.
      while ((await codeOf(client.chat(input))) !== 'let in') {
        expect(++tries).toBeLessThan(100);
        await after(10);
      }
      expect(server.asked).toBe(2);
    });

    test('places of a process that was killed (-9) are free when its lease ends, and not before (F66)', async () => {
      server.holds = true;
      const child = spawn(
        process.execPath,
        [
          '--conditions=inferway-source',
          '--import',
          `${root}tooling/run-sources.mjs`,
          worker,
          server.url,
          redis,
          prefix,
          '20',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(child);
      const lines = createInterface({ input: child.stdout as never })[Symbol.asyncIterator]();
      for (let refused = 0; refused < 12; refused++)
        expect((await lines.next()).value).toBe('rate_limit');
      const client = chain({ leaseMs: 1000 });
      const ask = (): Promise<string> => codeOf(client.chat({ model: 'http/m', messages: [] }));
      // The leases are renewed as long as it lives, for longer than one lasts.
      const until = performance.now() + 1500;
      while (performance.now() < until) {
        expect(await ask()).toBe('rate_limit');
        await after(100);
      }
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      server.holds = false;
      const killed = performance.now();
      while ((await ask()) !== 'let in') {
        expect(performance.now() - killed).toBeLessThan(10_000);
        await after(20);
      }
      // All eight: as many at a time as before.
      server.holds = true;
      const before = server.asked;
      const eight = Array.from({ length: 8 }, ask);
      while (server.asked < before + 8) await after(5);
      server.release();
      expect(await Promise.all(eight)).toEqual(Array(8).fill('let in'));
    });
  },
);
