import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { limit } from '@inferway/core/limits';
import { budget } from '@inferway/core/spending';
import { memoryLedger } from '@inferway/core/stores';
import { describe, expect, onTestFinished, test } from 'vitest';
import { always, ask, codeOf, COSTS, OK, prices, silent, start, type Rig } from './rig.js';
import { withRedis } from './shared-rig.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

await withRedis((redis) => {
  let names = 0;
  /** Four chains, each on a connection of its own, as four processes are. */
  const four = (
    layers: (store: ReturnType<typeof redis.open>['quota']) => object,
  ): Promise<Rig[]> =>
    Promise.all(
      Array.from({ length: 4 }, async () => {
        const store = redis.open(5000).quota;
        return start({ layers: { coalesce: false, ...layers(store) } });
      }),
    );
  const all = (rigs: readonly Rig[], calls: number): Promise<string[]> =>
    Promise.all(
      Array.from({ length: calls }, (_, call) =>
        codeOf((rigs[call % rigs.length] as Rig).client.chat(ask)),
      ),
    );

  describe('four chains on one Redis', () => {
    test('are let in together what one may: a window counts once, not four times (F64)', async () => {
      const name = `window ${++names}`;
      const rigs = await four((store) => ({
        callerLimits: limit({ store, rules: [{ name, windowMs: 120_000, requests: 100 }] }),
      }));
      const codes = await all(rigs, 400);
      const asked = rigs.reduce((sum, { first }) => sum + first.requests.length, 0);
      console.info(`F64: 4 chains, 400 calls, a limit of 100: ${asked} requests at the providers`);
      expect(codes.filter((code) => code === 'ok')).toHaveLength(100);
      expect(codes.filter((code) => code === 'rate_limit')).toHaveLength(300);
      expect(asked).toBe(100);
    });

    test('at 99 % of a budget overshoot it by nothing, whoever comes first (F63)', async () => {
      const limitOf = 1_000_000_000;
      const before = 990_000_000;
      const budgets = [
        { name: `budget ${++names}`, usd: 1, period: 'total', spent: async () => before },
      ] as const;
      const layers: ReturnType<typeof budget>[] = [];
      const rigs = await four((store) => {
        const layer = budget({ store, prices, budgets, ledger: memoryLedger() });
        layers.push(layer);
        return { budget: layer };
      });
      // Those who ask first have what was spent before summed up; the others find it.
      expect(await all(rigs, 4)).toContain('ok');
      const asked = () => rigs.reduce((sum, { first }) => sum + first.requests.length, 0);
      const codes: string[] = [];
      for (let wave = 0; wave < 8; wave++) codes.push(...(await all(rigs, 200)));
      await expect.poll(async () => (await layers[0]?.states())?.[0]?.reserved).toBe(0);
      const spent = (await layers[0]?.states())?.[0]?.spent ?? 0;
      console.info(
        `F63: 4 chains, ${codes.length} calls at 99 %: ${asked()} granted, spent ${spent} of ${limitOf}, overshoot ${Math.max(0, spent - limitOf)}`,
      );
      expect(new Set(codes)).toEqual(new Set(['ok', 'budget']));
      // What was paid is what the providers were asked for, and all of it fits.
      expect(spent).toBe(before + asked() * COSTS.first);
      expect(spent).toBeLessThanOrEqual(limitOf);
    });

    test('what one limiter refuses takes nothing from the others, and no budget (F65)', async () => {
      const name = `refund ${++names}`;
      const layers: ReturnType<typeof budget>[] = [];
      const [one, other] = (await four((store) => {
        const layer = budget({ store, prices, budgets: [{ name, usd: 1, period: 'total' }] });
        layers.push(layer);
        return {
          budget: layer,
          callerLimits: limit({
            store,
            rules: [
              { name: `${name} wide`, windowMs: 120_000, requests: 20 },
              { name: `${name} narrow`, concurrency: 1 },
            ],
          }),
        };
      })) as [Rig, Rig];
      let good = 0;
      // Of ten at once most meet the place that is taken; the window is only for those who got in.
      for (let wave = 0; good < 20 && wave < 200; wave++) {
        const codes = await all([one, other], 10);
        good += codes.filter((code) => code === 'ok').length;
      }
      expect(good).toBe(20);
      expect(await codeOf(one.client.chat(ask))).toBe('rate_limit');
      expect((await layers[0]?.states())?.[0]).toMatchObject({
        spent: 20 * COSTS.first,
        reserved: 0,
      });
    });

    test('a process that is killed (-9) in the middle of its calls holds their places and money no longer than its lease (F66)', async () => {
      const name = `killed ${++names}`;
      const rig = await start({ first: silent });
      const child = spawn(
        process.execPath,
        [
          '--conditions=inferway-source',
          '--import',
          `${root}tooling/run-sources.mjs`,
          worker,
          rig.first.origin,
          redis.url,
          redis.prefix,
          name,
        ],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      // Who was asked had its place and its money.
      await expect.poll(() => rig.first.requests.length, { timeout: 15_000, interval: 20 }).toBe(8);
      const store = redis.open(5000).quota;
      const spend = budget({ store, prices, budgets: [{ name, usd: 1, period: 'total' }] });
      const mine = await start({
        first: always(OK),
        layers: {
          coalesce: false,
          budget: spend,
          callerLimits: limit({ store, rules: [{ name, concurrency: 8 }] }),
        },
      });
      expect(await codeOf(mine.client.chat(ask))).toBe('rate_limit');
      const [held] = await spend.states();
      expect(held?.reserved).toBeGreaterThan(0);
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      // Its leases end; what they held of the budget counts as spent, since nobody knows better.
      await expect
        .poll(() => codeOf(mine.client.chat(ask)), { timeout: 10_000, interval: 50 })
        .toBe('ok');
      await expect
        .poll(async () => (await spend.states())[0]?.reserved, { timeout: 10_000 })
        .toBe(0);
      const [after] = await spend.states();
      expect(after?.spent).toBe((held?.reserved ?? 0) + COSTS.first);
      const eight = await Promise.all(
        Array.from({ length: 8 }, () => codeOf(mine.client.chat(ask))),
      );
      expect(eight).toEqual(Array(8).fill('ok'));
    });
  });
});
