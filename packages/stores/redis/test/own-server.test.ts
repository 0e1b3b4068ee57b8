import { relay } from '@inferway/conformance';
import { InferwayError } from '@inferway/core';
import type { QuotaLimit, SpendLimit } from '@inferway/core/stores';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisStores } from '../src/index.js';
import { commandsOf } from './support/commands-of.js';
import { ownServer, SERVER_PROGRAM, type OwnServer } from './support/own-server.js';
import { raw } from './support/server.js';

const spend: SpendLimit = {
  kind: 'spend',
  key: 'k',
  limit: 100,
  amount: 10,
  period: 'month',
  restorable: true,
};
const places: QuotaLimit = { kind: 'places', key: 'p', limit: 1 };

async function failure(work: () => unknown): Promise<InferwayError> {
  try {
    await work();
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw reason;
  }
  throw new Error('it did not fail');
}

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

if (SERVER_PROGRAM === undefined) {
  it('not tested: there is no redis-server or valkey-server on this machine to be stopped and started', () => {
    expect(SERVER_PROGRAM).toBeUndefined();
  });
} else {
  describe(`a server of its own (${SERVER_PROGRAM})`, () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await ownServer();
    });
    afterAll(() => server.stop());

    it('F67: SIGSTOP costs a time limit, SIGCONT ends it', async () => {
      const { quota, ready, close } = createRedisStores({
        url: server.url,
        timeoutMs: 500,
        connectTimeoutMs: 1000,
      });
      await ready();
      await quota.read([spend]);
      await server.signal('SIGSTOP');
      const from = performance.now();
      expect((await failure(() => quota.read([spend]))).code).toBe('timeout');
      expect(performance.now() - from).toBeLessThan(4000);
      expect((await failure(() => quota.read([spend]))).code).toBe('connection');
      await server.signal('SIGCONT');
      await answered(() => quota.read([spend]));
      await close();
    });

    it('F69: after kill −9 and an empty start, spend is unknown until the ledger restored it', async () => {
      const { quota, ready, close } = createRedisStores({ url: server.url, timeoutMs: 1000 });
      await ready();
      await quota.restore(spend, 50);
      await quota.reserve({ id: 'before', limits: [spend, places], leaseMs: 60_000 });
      await server.signal('SIGKILL');
      expect((await failure(() => quota.read([spend]))).code).toBe('connection');
      await server.restart();
      const refused = await answered(() =>
        quota.reserve({ id: 'after', limits: [spend, places], leaseMs: 60_000 }),
      );
      expect(refused).toMatchObject({ granted: false, refused: 0, reason: 'unknown' });
      await quota.settle({ id: 'before', limits: [spend, places], actual: [7, undefined] });
      await quota.restore(spend, 50);
      const granted = await quota.reserve({
        id: 'after',
        limits: [spend, places],
        leaseMs: 60_000,
      });
      expect(granted).toMatchObject({
        granted: true,
        states: [{ used: 67, held: 10 }, { used: 1 }],
      });
      await close();
    });

    it('a script that the server has lost is sent again, and then no more', async () => {
      const wire = await relay({ host: '127.0.0.1', port: server.port });
      const { quota, close } = createRedisStores({
        url: `redis://127.0.0.1:${wire.port}`,
        timeoutMs: 1000,
      });
      const work = (): unknown => quota.read([spend]);
      await work();
      // On a server that is shared, others would have to send theirs again, too.
      await raw(server.url, (send) => send('SCRIPT', 'FLUSH'));
      expect(await commandsOf(wire, work)).toEqual(['EVALSHA', 'EVAL']);
      expect(await commandsOf(wire, work)).toEqual(['EVALSHA']);
      await close();
      await wire.close();
    });

    it('a failover to the replica: what was replicated counts on, over one address', async () => {
      const replica = await ownServer('--replicaof', `127.0.0.1 ${server.port}`);
      const wire = await relay({ host: '127.0.0.1', port: server.port });
      const stores = createRedisStores({
        url: `redis://127.0.0.1:${wire.port}`,
        prefix: 'failover',
        timeoutMs: 1000,
      });
      try {
        await stores.quota.restore(spend, 50);
        await stores.quota.reserve({ id: 'a', limits: [spend, places], leaseMs: 60_000 });
        await answered(async () => {
          const held = await raw(replica.url, (send) => send('EXISTS', '{failover}:r:a'));
          if (held !== 1) throw new Error('not replicated yet');
        });
        await raw(replica.url, (send) => send('REPLICAOF', 'NO', 'ONE'));
        wire.retarget({ host: '127.0.0.1', port: replica.port });
        wire.reset();
        const states = await answered(() => stores.quota.read([spend, places]));
        expect(states).toMatchObject([{ used: 60, held: 10 }, { used: 1 }]);
        await stores.quota.settle({ id: 'a', limits: [spend, places], actual: [3, undefined] });
        expect(await stores.quota.read([spend, places])).toMatchObject([
          { used: 53, held: 0 },
          { used: 0 },
        ]);
      } finally {
        await stores.close();
        await wire.close();
        await replica.stop();
      }
    });

    it('a wrong password is told without the password', async () => {
      const closed = await ownServer('--requirepass', 'right-password');
      try {
        const right = createRedisStores({ url: closed.url, timeoutMs: 1000 });
        await right.ready();
        expect(await right.quota.claim('a', 1000)).toBe(true);
        await right.close();
        const wrong = createRedisStores({
          url: `redis://someone:wrong-secret@127.0.0.1:${closed.port}`,
        });
        const error = await failure(() => wrong.ready());
        expect(error).toMatchObject({
          code: 'connection',
          message: expect.stringMatching(/127\.0\.0\.1:\d+.*WRONGPASS/u),
        });
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('wrong-secret');
        await wrong.close();
      } finally {
        await closed.stop();
      }
    });

    it('a user with the rights that the README names can do all that the stores do', async () => {
      const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
      const command = /^ACL SETUSER inferway .*$/mu.exec(readme)?.[0] ?? '';
      await raw(server.url, (send) => send(...command.split(' ')));
      const stores = createRedisStores({
        url: `redis://inferway:password@127.0.0.1:${server.port}`,
        timeoutMs: 1000,
      });
      const { quota, health, cache, idempotency } = stores;
      const told: string[] = [];
      const stop = health.watch?.(({ key }) => told.push(key));
      const window: QuotaLimit = { kind: 'window', key: 'w', limit: 9, amount: 1, windowMs: 40 };
      const limits = [{ ...spend, key: 'acl' }, { ...places, key: 'acl' }, window] as const;
      await quota.restore(limits[0], 5);
      // Leases and slices that end, so that they are cleared away.
      for (const [id, leaseMs] of [
        ['ends', 20],
        ['stays', 60_000],
        ['late', 60_000],
      ] as const) {
        await quota.reserve({ id, limits, leaseMs });
        await quota.renew([id], leaseMs);
        await new Promise((resolve) => {
          setTimeout(resolve, 60);
        });
      }
      for (const id of ['ends', 'stays', 'unknown']) {
        await quota.settle({ id, limits, actual: [1, undefined, 2] });
      }
      expect(await quota.read(limits)).toMatchObject([{ used: 8, held: 0 }, { used: 0 }, {}]);
      await quota.claim('c', 1000);
      await cache.set('k', 'v', 1000);
      await cache.get('k');
      await cache.delete('k');
      for (const key of ['kept', 'freed']) {
        await idempotency.claim(key, { fingerprint: 'f', owner: 'me', leaseMs: 1000 });
        expect(await idempotency.renew(key, 'me', 1000)).toBe(true);
      }
      expect(await idempotency.finish('kept', 'me', 'answer', 1000)).toBe('kept');
      await idempotency.release('freed', 'me');
      await health.claim('h', 1, 1000);
      for (let i = 0; told.length === 0 && i < 200; i++) {
        await health.mark(`h${i}`, 1000, 'server');
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
      expect(told.length).toBeGreaterThan(0);
      await health.clear('h0');
      await health.read(['h0']);
      stop?.();
      const others = createRedisStores({
        url: `redis://inferway:password@127.0.0.1:${server.port}`,
        prefix: 'other',
        timeoutMs: 1000,
      });
      expect(await failure(() => others.cache.get('a'))).toMatchObject({
        code: 'server',
        message: expect.stringContaining('NOPERM'),
      });
      await others.close();
      await stores.close();
    });

    it('a server that may not be written to says so, as a failure of the server', async () => {
      const replica = await ownServer('--replicaof', `127.0.0.1 ${server.port}`);
      try {
        const stores = createRedisStores({ url: replica.url, timeoutMs: 1000 });
        const error = await failure(() => stores.cache.set('a', 'b', 1000));
        expect(error).toMatchObject({
          code: 'server',
          message: expect.stringContaining('READONLY'),
          retryable: false,
        });
        await stores.close();
      } finally {
        await replica.stop();
      }
    });
  });
}
