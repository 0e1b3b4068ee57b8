import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { withService } from '@inferway/conformance';
import { describe, expect, it } from 'vitest';
import { createRedisStores } from '../src/index.js';
import { SERVICE, testPrefix } from './support/server.js';

const HOOK = fileURLToPath(new URL('../../../../tooling/run-sources.mjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('support/program.ts', import.meta.url));

/** Runs a small program that uses the stores, and gives its exit code once it has ended by itself. */
function program(url: string, mode: string): Promise<{ code: number; printed: string }> {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=inferway-source', '--import', HOOK, PROGRAM, url, testPrefix(), mode],
      { env, timeout: 12_000 },
      (error, printed) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), printed }),
    );
  });
}

await withService({ ...SERVICE, runner: { describe, it } }, (url) => {
  describe('from beginning to end', () => {
    it.for(['close', 'leave'])('a process ends by itself: %s', async (mode) => {
      expect(await program(url, mode)).toEqual({ code: 0, printed: 'answer: true\n' });
    });

    it('after close everything fails at once, and close may be called again', async () => {
      const stores = createRedisStores({ url, prefix: testPrefix(), timeoutMs: 4000 });
      await stores.ready();
      await stores.close();
      await stores.close();
      await expect(async () => stores.cache.get('a')).rejects.toMatchObject({
        code: 'connection',
        message: expect.stringContaining('closed'),
      });
      await expect(stores.ready()).rejects.toMatchObject({ code: 'connection' });
    });

    it('closing while a connection is being made does not wait for it, and whoever waited is told', async () => {
      const server = createServer(() => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const stores = createRedisStores({
        url: `redis://127.0.0.1:${port}`,
        connectTimeoutMs: 60_000,
        timeoutMs: 60_000,
      });
      const asked = Promise.allSettled([stores.ready(), stores.cache.get('a')]);
      await stores.close();
      for (const { status } of await asked) expect(status).toBe('rejected');
      server.close();
    });

    it('nobody is told after close', async () => {
      const stores = createRedisStores({ url, prefix: testPrefix(), timeoutMs: 4000 });
      await stores.close();
      expect(stores.health.watch?.(() => {})).toBeTypeOf('function');
    });

    it('where there is no server the message says why, and what to look at', async () => {
      const stores = createRedisStores({ url: 'redis://127.0.0.1:1' });
      for (let i = 0; i < 2; i++) {
        await expect(async () => stores.cache.get('a')).rejects.toMatchObject({
          code: 'connection',
          message: expect.stringMatching(/127\.0\.0\.1:1: .*ECONNREFUSED.*url/u),
        });
      }
      await stores.close();
    });

    it('closing before anything was asked is no failure', async () => {
      await createRedisStores({ url, prefix: testPrefix() }).close();
    });
  });
});

describe('options', () => {
  const url = 'redis://user:hidden-secret@127.0.0.1:6379';
  it.for([
    ['url', { url: '' }],
    ['url', { url: 'http://user:hidden-secret@host' }],
    ['url', { url: 'redis://user:hidden-secret@' }],
    ['url', { url: 'hidden-secret' }],
    ['url', { url: `${url}/not-a-number` }],
    ['prefix', { url, prefix: '' }],
    ['prefix', { url, prefix: 'a{b}' }],
    ['prefix', { url, prefix: 'x'.repeat(51) }],
    ['timeoutMs', { url, timeoutMs: 0 }],
    ['timeoutMs', { url, timeoutMs: Number.NaN }],
    ['connectTimeoutMs', { url, connectTimeoutMs: -1 }],
    ['maxPending', { url, maxPending: 0 }],
    ['maxCacheBytes', { url, maxCacheBytes: 0.5 }],
    ['settledMs', { url, settledMs: 2 ** 31 }],
  ] as const)('%s that cannot work is refused: %j', ([param, options]) => {
    try {
      createRedisStores(options);
    } catch (reason) {
      expect(reason).toMatchObject({ code: 'configuration', param });
      expect((reason as Error).message).toContain('createRedisStores');
      expect((reason as Error).message).not.toContain('hidden-secret');
      return;
    }
    throw new Error('it was not refused');
  });
});
