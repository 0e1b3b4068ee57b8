import { relay, withService, type Relay } from '@inferway/conformance';
import type { QuotaLimit } from '@inferway/core/stores';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisStores, type RedisStores } from '../src/index.js';
import { commandsOf } from './support/commands-of.js';
import { keysOf, prefixes, raw, SERVICE } from './support/server.js';

const limits: readonly QuotaLimit[] = [
  { kind: 'window', key: 'requests', limit: 100, amount: 1, windowMs: 60_000 },
  { kind: 'window', key: 'tokens', limit: 1e6, amount: 500, windowMs: 60_000 },
  { kind: 'places', key: 'acme', limit: 10 },
  { kind: 'spend', key: 'key-1', limit: 1e12, amount: 5e6, period: 'day' },
  { kind: 'spend', key: 'team', limit: 1e12, amount: 5e6, period: 'total' },
];

await withService({ ...SERVICE, runner: { describe, it } }, (url) => {
  const target = { host: new URL(url).hostname, port: Number(new URL(url).port || 6379) };
  const newPrefix = prefixes(url);
  const prefix = newPrefix();
  let wire: Relay;
  let stores: RedisStores;

  beforeEach(async () => {
    wire = await relay(target);
    const through = new URL(url);
    through.host = `${wire.host}:${wire.port}`;
    stores = createRedisStores({ url: through.href, prefix, timeoutMs: 4000 });
    await stores.ready();
  });
  afterEach(async () => {
    await stores.close();
    await wire.close();
  });

  describe('on the wire', () => {
    it('every decision is one command', async () => {
      const { idempotency, quota, health, cache } = stores;
      const spend = limits[3] as Extract<QuotaLimit, { kind: 'spend' }>;
      const operations: Readonly<Record<string, () => unknown>> = {
        reserve: () => quota.reserve({ id: 'one', limits, leaseMs: 60_000 }),
        refused: () =>
          quota.reserve({
            id: 'two',
            limits: [...limits, { ...spend, amount: 2e12 }],
            leaseMs: 60_000,
          }),
        renew: () => quota.renew(['one', 'two', 'three'], 60_000),
        read: () => quota.read(limits),
        settle: () => quota.settle({ id: 'one', limits, actual: [1, 400, undefined, 3e6, 3e6] }),
        restore: () => quota.restore({ ...spend, key: 'restored' }, 5),
        'claim once': () => quota.claim('alert', 1000),
        mark: () => health.mark('a', 1000, 'server'),
        marks: () => health.read(['a', 'b', 'c']),
        clear: () => health.clear('a'),
        'claim probes': () => health.claim('a', 2, 1000),
        'claim a call': () =>
          idempotency.claim('a', { fingerprint: 'f', owner: 'o', leaseMs: 60_000 }),
        'renew a call': () => idempotency.renew('a', 'o', 60_000),
        'finish a call': () => idempotency.finish('a', 'o', '{}', 60_000),
        'release a call': () => idempotency.release('b', 'o'),
        get: () => cache.get('a'),
        set: () => cache.set('a', 'b', 1000),
        delete: () => cache.delete('a'),
      };
      // The first time a server sees a script it is sent whole.
      for (const operate of Object.values(operations)) await operate();
      for (const [name, operate] of Object.entries(operations)) {
        const commands = await commandsOf(wire, operate);
        expect([name, ...commands]).toHaveLength(2);
      }
      expect(wire.accepted).toBe(2);
    });

    it('an answer to a repeat that comes too late takes no connection from limits and budgets', async () => {
      const through = new URL(url);
      through.host = `${wire.host}:${wire.port}`;
      const hasty = createRedisStores({ url: through.href, prefix, timeoutMs: 200 });
      await hasty.ready();
      const claim = (): unknown =>
        hasty.idempotency.claim('late', { fingerprint: 'f', owner: 'o', leaseMs: 60_000 });
      await claim();
      wire.freeze();
      await expect(claim()).rejects.toMatchObject({ code: 'timeout' });
      wire.thaw();
      await expect(hasty.quota.read(limits)).resolves.toHaveLength(limits.length);
      await hasty.close();
    });

    it('all keys lie in one slot, and all but totals end by themselves', async () => {
      const own = newPrefix();
      const other = createRedisStores({ url, prefix: own, timeoutMs: 4000 });
      await other.quota.reserve({ id: 'held', limits, leaseMs: 60_000 });
      await other.quota.reserve({ id: 'settled', limits, leaseMs: 60_000 });
      await other.quota.settle({ id: 'settled', limits, actual: [] });
      await other.quota.settle({ id: 'unknown', limits, actual: [] });
      await other.quota.renew(['held'], 120_000);
      await other.quota.claim('alert', 1000);
      await other.health.mark('m', 60_000, 'server');
      await other.health.claim('m', 1, 60_000);
      await other.cache.set('c', 'v', 60_000);
      for (const key of ['runs', 'done']) {
        await other.idempotency.claim(key, { fingerprint: 'f', owner: 'o', leaseMs: 60_000 });
      }
      await other.idempotency.finish('done', 'o', '{}', 60_000);
      await other.close();

      const keys = await keysOf(url, own);
      expect(keys.length).toBeGreaterThan(10);
      await raw(url, async (send) => {
        for (const key of keys) {
          expect(key.startsWith(`{${own}}:`)).toBe(true);
          const ttl = Number(await send('PTTL', key));
          if (key.includes(':s:total:')) expect(ttl).toBe(-1);
          else expect([key, ttl > 0]).toEqual([key, true]);
        }
      });
    });

    it('a counter takes no more room the more is taken from it', async () => {
      const own = newPrefix();
      const other = createRedisStores({ url, prefix: own, timeoutMs: 4000 });
      const some = limits.map((limit) => ({ ...limit, limit: 1e9 }));
      for (let i = 0; i < 300; i++) {
        const id = `id${i}`;
        await other.quota.reserve({ id, limits: some, leaseMs: 60_000 });
        await other.quota.settle({ id, limits: some, actual: [] });
      }
      await other.close();
      await raw(url, async (send) => {
        for (const key of await keysOf(url, own)) {
          if (key.includes(':r:')) continue;
          expect(Number(await send('MEMORY', 'USAGE', key, 'SAMPLES', '0'))).toBeLessThan(1500);
        }
      });
    });

    it('names that are long, or that look like a hash, are hashed, and none is another’s', async () => {
      const own = newPrefix();
      const other = createRedisStores({ url, prefix: own, timeoutMs: 4000 });
      const long = 'secret prompt '.repeat(200);
      await other.cache.set(long, 'long', 60_000);
      const [hashed = ''] = await keysOf(url, own);
      expect(hashed).not.toContain('secret');
      expect(hashed.length).toBeLessThan(120);
      await other.cache.set(hashed.slice(hashed.indexOf('#')), 'imitation', 60_000);
      await other.cache.set('\uD83D', 'half', 60_000);
      await other.cache.set('\uD83E', 'another half', 60_000);
      expect(await other.cache.get(long)).toBe('long');
      expect(await other.cache.get('\uD83D')).toBe('half');
      await other.close();
    });

    it('a value above maxCacheBytes is not kept, nor what was there before', async () => {
      const own = newPrefix();
      const other = createRedisStores({ url, prefix: own, timeoutMs: 4000, maxCacheBytes: 10 });
      await other.cache.set('k', '0123456789', 60_000);
      expect(await other.cache.get('k')).toBe('0123456789');
      await other.cache.set('k', 'ä'.repeat(6), 60_000);
      expect(await other.cache.get('k')).toBeUndefined();
      await other.close();
    });
  });
});
