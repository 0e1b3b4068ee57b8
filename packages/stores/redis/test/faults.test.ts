import { relay, withService, type Relay } from '@inferway/conformance';
import { InferwayError } from '@inferway/core';
import type { QuotaLimit } from '@inferway/core/stores';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisStores, type RedisStores } from '../src/index.js';
import { prefixes, SERVICE } from './support/server.js';

const requests: readonly QuotaLimit[] = [
  { kind: 'window', key: 'k', limit: 1e6, amount: 1, windowMs: 60_000 },
];

/** The error that `work` fails with, and how long that took. */
async function failed(work: () => unknown): Promise<{ error: InferwayError; ms: number }> {
  const from = performance.now();
  try {
    await work();
  } catch (reason) {
    if (InferwayError.is(reason)) return { error: reason, ms: performance.now() - from };
    throw reason;
  }
  throw new Error('it did not fail');
}

/** Asks again until it is answered: how a caller sees that the store is back. */
async function answered<T>(work: () => T | Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (reason) {
      if (tries === 400) throw reason;
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  }
}

await withService({ ...SERVICE, runner: { describe, it } }, (url) => {
  const target = { host: new URL(url).hostname, port: Number(new URL(url).port || 6379) };
  const prefix = prefixes(url)();
  let wire: Relay;
  let stores: RedisStores;
  const open = (timeoutMs: number): RedisStores => {
    const through = new URL(url);
    through.host = `${wire.host}:${wire.port}`;
    return createRedisStores({ url: through.href, prefix, timeoutMs, connectTimeoutMs: 2000 });
  };

  beforeEach(async () => {
    wire = await relay(target);
    stores = open(400);
    await stores.ready();
  });
  afterEach(async () => {
    await stores.close();
    await wire.close();
  });

  describe('faults', () => {
    it('F67: a frozen server costs one time limit, then nothing, and is used again when it is back', async () => {
      await stores.quota.read(requests);
      wire.freeze();
      const together = await Promise.all(
        Array.from({ length: 50 }, () => failed(() => stores.quota.read(requests))),
      );
      for (const { error, ms } of together) {
        expect(['timeout', 'connection']).toContain(error.code);
        expect(ms).toBeGreaterThan(200);
        // Generous: the machine may be loaded. Without a limit it would be for ever.
        expect(ms).toBeLessThan(4000);
      }
      expect(together.some(({ error }) => error.code === 'timeout')).toBe(true);
      const { error, ms } = await failed(() => stores.quota.read(requests));
      expect(error).toMatchObject({ code: 'connection', retryable: false, fallbackable: false });
      expect(ms).toBeLessThan(300);
      wire.thaw();
      expect(await answered(() => stores.quota.read(requests))).toMatchObject([{ used: 0 }]);
    });

    it('S20: an answer that comes too late never goes to another question', async () => {
      await Promise.all(
        Array.from({ length: 40 }, (_none, index) =>
          stores.cache.set(`key ${index}`, `value of ${index}`, 60_000),
        ),
      );
      let right = 0;
      let late = 0;
      for (let round = 0; round < 12; round++) {
        wire.delay(round % 3 === 0 ? 600 : 0);
        await Promise.all(
          Array.from({ length: 40 }, async (_none, index) => {
            try {
              expect(await stores.cache.get(`key ${index}`)).toBe(`value of ${index}`);
              right++;
            } catch (reason) {
              if (!InferwayError.is(reason)) throw reason;
              late++;
            }
          }),
        );
        wire.delay(0);
        if (round % 3 === 0) await answered(() => stores.cache.get('key 0'));
      }
      expect(right).toBeGreaterThan(100);
      expect(late).toBeGreaterThan(100);
    });

    it('a connection that is reset in the middle of an answer fails what was under way, and is made anew', async () => {
      await stores.cache.set('long', 'x'.repeat(50_000), 60_000);
      wire.resetAfter(1000);
      const { error } = await failed(() => stores.cache.get('long'));
      expect(error.code).toBe('connection');
      expect(await answered(() => stores.cache.get('long'))).toHaveLength(50_000);
    });

    it('what was taken although nobody heard of it is taken once when it is asked for again', async () => {
      const limit: QuotaLimit = { kind: 'spend', key: 'once', limit: 10, amount: 1, period: 'day' };
      await stores.quota.read([limit]);
      wire.delay(1000);
      await failed(() => stores.quota.reserve({ id: 'heard', limits: [limit], leaseMs: 60_000 }));
      wire.delay(0);
      const decision = await answered(() =>
        stores.quota.reserve({ id: 'heard', limits: [limit], leaseMs: 60_000 }),
      );
      expect(decision).toMatchObject({ granted: true, states: [{ used: 1, held: 1 }] });
    });

    it('while there is no server, operations fail at once and none is kept for later', async () => {
      wire.refuse();
      wire.reset();
      await failed(() => stores.quota.read(requests));
      const before = wire.sent.length;
      for (let i = 0; i < 200; i++) {
        const { ms } = await failed(() => stores.quota.claim(`claim ${i}`, 60_000));
        expect(ms).toBeLessThan(300);
      }
      wire.accept();
      await answered(() => stores.quota.read(requests));
      expect(wire.sent.slice(before).join('')).not.toContain('claim 7');
    });

    it('connections are not tried in a storm', async () => {
      wire.refuse();
      wire.reset();
      const before = wire.accepted;
      const end = performance.now() + 400;
      while (performance.now() < end) await failed(() => stores.quota.read(requests));
      expect(wire.accepted - before).toBeLessThan(12);
    });

    it('who watches is told again after the connection was lost', async () => {
      const told: string[] = [];
      const stop = stores.health.watch?.(({ key }) => told.push(key));
      wire.reset();
      const other = createRedisStores({ url, prefix, timeoutMs: 4000 });
      for (let i = 0; told.length === 0 && i < 400; i++) {
        await other.health.mark(`mark ${i}`, 60_000, 'server');
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
      stop?.();
      await other.close();
      expect(told.length).toBeGreaterThan(0);
    });

    it('more than maxPending at one time are refused, not kept', async () => {
      const few = createRedisStores({ url, prefix, maxPending: 5, timeoutMs: 4000 });
      await few.ready();
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, async () => few.cache.get('x')),
      );
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      expect(String((answers.at(-1) as PromiseRejectedResult).reason)).toContain('maxPending');
      await few.close();
    });
  });
});
