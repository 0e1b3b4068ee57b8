import { randomBytes } from 'node:crypto';
import { relay, withService, type Relay } from '@inferway/conformance';
import { createClient, InferwayError } from '@inferway/core';
import { auth, pool } from '@inferway/core/middleware';
import { circuitBreaker, type BreakerState, type CircuitBreaker } from '@inferway/core/resilience';
import type { HealthStore } from '@inferway/core/stores';
import { fail, fakeError, fakeProvider, say, wait, type Step } from '@inferway/core/testing';
import { createRedisStores, type RedisStores } from '@inferway/redis';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';

const messages = [{ role: 'user', content: 'hi' }] as const;

await withService(
  { name: 'Redis', variable: 'REDIS_URL', url: 'redis://127.0.0.1:6379', runner: { describe, it } },
  (redis) => {
    const open: { close(): unknown }[] = [];
    let prefix: string;
    let between: Relay;
    beforeEach(async () => {
      const { hostname, port } = new URL(redis);
      between = await relay({ host: hostname, port: Number(port || 6379) });
      // Marks end by themselves.
      prefix = `health-test-${randomBytes(6).toString('hex')}`;
    });
    afterEach(async () => {
      for (const one of open.splice(0).toReversed()) await one.close();
      await between.close();
    });

    /** The store of one process, over a connection of its own that can be frozen. */
    const store = (): HealthStore => {
      const url = new URL(redis);
      url.hostname = between.host;
      url.port = String(between.port);
      const stores: RedisStores = createRedisStores({ url: url.href, prefix, timeoutMs: 200 });
      open.push(stores);
      return stores.health;
    };
    const startProcess = () => {
      let steps: readonly Step[] = say('ok');
      const provider = fakeProvider({ script: () => steps });
      const changes: BreakerState[] = [];
      const breaker: CircuitBreaker = circuitBreaker({
        health: store(),
        openMs: 500,
        probeMs: 1000,
        refreshMs: 50,
        onChange: ({ state }) => changes.push(state),
      });
      open.push(breaker);
      const client = createClient({ providers: [provider], middleware: [breaker] });
      const tries = (): Promise<string> =>
        client.chat({ model: 'fake/m', messages }).then(
          () => 'ok',
          (reason: unknown) => {
            const error = InferwayError.from(reason);
            return error.sent === 'no' ? 'refused' : error.code;
          },
        );
      return {
        tries,
        changes,
        made: () => provider.attempts.length,
        does: (...next: readonly Step[]) => (steps = next),
        until: (outcome: string) =>
          vi.waitFor(async () => expect(await tries()).toBe(outcome), {
            timeout: 5000,
            interval: 10,
          }),
      };
    };

    test('two processes share the opening, the probe and the closing of a breaker', async () => {
      const [one, other] = [startProcess(), startProcess()];
      await other.until('ok');
      one.does(fail('server'));
      for (let i = 0; i < 5; i++) await one.tries();
      expect(await one.tries()).toBe('refused');
      await other.until('refused');
      expect(other.changes).toEqual(['open']);

      // The provider is back, but slow to show it: of all calls of both processes one gets through.
      const before = one.made() + other.made();
      for (const process of [one, other]) process.does(wait(850), ...say('back'));
      const outcomes: Promise<string>[] = [];
      const end = performance.now() + 750;
      while (performance.now() < end) {
        outcomes.push(one.tries(), other.tries());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(one.made() + other.made() - before).toBe(1);
      await Promise.all(outcomes);
      for (const process of [one, other]) {
        process.does(...say('ok'));
        await process.until('ok');
        expect(process.changes.at(-1)).toBe('closed');
      }
    });

    test('a frozen store holds no call up: a breaker works on what its process saw (F67)', async () => {
      const one = startProcess();
      await one.until('ok');
      between.freeze();
      const slowest = async (work: () => Promise<unknown>): Promise<number> => {
        const at = performance.now();
        await work();
        return performance.now() - at;
      };
      let worst = 0;
      for (let i = 0; i < 50; i++) worst = Math.max(worst, await slowest(one.tries));
      one.does(fail('server'));
      // Ten of the last twenty.
      for (let i = 0; i < 10; i++) await one.tries();
      worst = Math.max(worst, await slowest(async () => expect(await one.tries()).toBe('refused')));
      await new Promise((resolve) => setTimeout(resolve, 520));
      one.does(...say('ok'));
      const probe = await slowest(async () => expect(await one.tries()).toBe('ok'));
      console.info(
        `store frozen: slowest call ${worst.toFixed(1)} ms, probe ${probe.toFixed(1)} ms`,
      );
      between.thaw();
      expect(one.changes).toEqual(['open', 'half-open', 'closed']);
    });

    test('a key that is rate limited for one process rests for the other', async () => {
      const keys = ['key-one', 'key-two'];
      const start = () => {
        const used: string[] = [];
        const provider = fakeProvider({
          script: (call) => {
            const key = call.credential?.reveal() ?? '';
            used.push(key);
            return limited && key === 'key-one'
              ? [fail(fakeError('rate_limit', { retryAfterMs: 60_000 }))]
              : say('ok');
          },
        });
        const source = pool(keys, { health: store(), name: 'fake', refreshMs: 50 });
        const client = createClient({ providers: [provider], middleware: [auth(source)] });
        return { used, chat: () => client.chat({ model: 'fake/m', messages }) };
      };
      let limited = false;
      const [one, other] = [start(), start()];
      await other.chat();
      limited = true;
      await one.chat();
      expect(one.used).toEqual(keys);
      await vi.waitFor(
        async () => {
          other.used.length = 0;
          for (let i = 0; i < 4; i++) await other.chat();
          expect(new Set(other.used)).toEqual(new Set(['key-two']));
        },
        { timeout: 5000, interval: 20 },
      );
      // No key is in what went over the wire.
      expect(between.sent.join('')).not.toContain('key-one');
    });
  },
);
