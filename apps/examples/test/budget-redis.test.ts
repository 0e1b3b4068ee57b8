import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { relay, withService, type Relay } from '@inferway/conformance';
import { createClient, InferwayError } from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import {
  budget,
  webhook,
  type AlertOptions,
  type BudgetAlert,
  type BudgetRule,
} from '@inferway/core/spending';
import { guardQuota, type OutageEvent, type QuotaStore } from '@inferway/core/stores';
import { fakeProvider, say, wait } from '@inferway/core/testing';
import { verifyStandardWebhook } from '@inferway/provider-kit';
import { createRedisStores, type RedisStores } from '@inferway/redis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

const SERVICE = {
  name: 'Redis',
  variable: 'REDIS_URL',
  url: 'redis://127.0.0.1:6379',
  runner: { describe, it },
} as const;
const prices = priceTable({ 'fake/*': { input: 1, output: 1 } });
const DOLLARS = 0.01;
const LIMIT = 10_000_000;
const OUTPUT = 100;

/** One process, as far as budgets know: a client over a store of its own connection. */
function process(store: QuotaStore, budgets: readonly BudgetRule[], alerts?: AlertOptions) {
  const layer = budget({ store, prices, budgets, ...(alerts && { alerts }) });
  const provider = fakeProvider({
    // Each answer uses all that it may.
    script: ({ request }) => {
      const { maxOutputTokens: outputTokens } = request as { maxOutputTokens?: number };
      return [wait(5), ...say('x', { usage: { inputTokens: 0, outputTokens } })];
    },
  });
  const client = createClient({ providers: [provider], middleware: [layer, cost({ prices })] });
  const ask = async (maxOutputTokens = OUTPUT): Promise<string> => {
    try {
      const messages = [{ role: 'user', content: 'hi' }] as const;
      await client.chat({ model: 'fake/m', messages, maxOutputTokens });
      return 'ok';
    } catch (reason) {
      return InferwayError.from(reason).code;
    }
  };
  return { layer, provider, ask };
}

await withService(SERVICE, (url) => {
  const prefix = `inferway-test-${randomBytes(6).toString('hex')}`;
  const { hostname, port } = new URL(url);
  const target = { host: hostname, port: Number(port === '' ? 6379 : port) };
  let wire: Relay;
  let open: RedisStores[] = [];
  const connectTo = (host: string, timeoutMs: number): QuotaStore => {
    const through = new URL(url);
    through.host = host;
    const stores = createRedisStores({ url: through.href, prefix, timeoutMs });
    open.push(stores);
    return stores.quota;
  };
  let count = 0;
  const fresh = (): readonly [BudgetRule] => [
    { name: `b${++count}`, usd: DOLLARS, period: 'total' },
  ];

  beforeEach(async () => {
    wire = await relay(target);
  });
  afterEach(async () => {
    for (const stores of open) await stores.close();
    open = [];
    await wire.close();
  });
  afterAll(async () => {
    const socket = connect(target);
    await once(socket, 'connect');
    const script = "for _, k in ipairs(redis.call('keys', ARGV[1])) do redis.call('del', k) end";
    socket.write(`EVAL "${script}" 0 {${prefix}}:*\r\n`);
    await once(socket, 'data');
    socket.destroy();
  });

  describe('budgets over several processes on Redis', () => {
    it('are not exceeded by anything by a rush at 99 % of them, and alerts go out once (F63, F64)', async () => {
      const limit = 1_000_000_000;
      const budgets = [{ name: 'rush', usd: 1, period: 'month' }] as const;
      const alerts: BudgetAlert[] = [];
      const options: AlertOptions = { to: (alert) => void alerts.push(alert), spike: {} };
      const four = Array.from({ length: 4 }, () =>
        process(connectTo(new URL(url).host, 5000), budgets, options),
      );
      const [first] = four;
      if (first === undefined) throw new Error('four processes are there');
      // A dollar is a million tokens here.
      expect(await first.ask(990_000)).toBe('ok');
      const answers = await Promise.all(
        Array.from({ length: 400 }, (_, index) => four[index % 4]?.ask()),
      );
      const granted = answers.filter((answer) => answer === 'ok').length;
      await expect.poll(async () => (await first.layer.states())[0]?.reserved).toBe(0);
      const [after] = await first.layer.states();
      console.info(
        `Redis, 4 processes, 400 calls at 99 %: ${granted} granted, spent ${after?.spent} of ${limit}, overshoot ${Math.max(0, (after?.spent ?? 0) - limit)}`,
      );
      expect(new Set(answers)).toEqual(new Set(['ok', 'budget']));
      expect(granted).toBeGreaterThanOrEqual(33);
      expect(after?.spent).toBe(990_000_000 + granted * OUTPUT * 1000);
      expect(after?.spent).toBeLessThanOrEqual(limit);
      const told = () => alerts.map(({ kind, threshold }) => threshold ?? kind).toSorted();
      await expect.poll(told).toEqual([0.5, 0.8, 'refusal']);
    });

    it('are closed when the store is frozen and what was held is spent, in bounded time; afterwards nothing is lost (F67)', async () => {
      const budgets = fresh();
      const lines: OutageEvent[] = [];
      const store = guardQuota(connectTo(`${wire.host}:${wire.port}`, 5000), {
        processes: 1,
        leaseShare: 0.1,
        timeoutMs: 100,
        failures: 2,
        retryMs: 100,
        onOutage: (event) => lines.push(event),
      });
      const { layer, ask, provider } = process(store, budgets);
      expect(await ask()).toBe('ok');
      // The slice is there once the store says that it is held.
      await expect.poll(async () => (await layer.states())[0]?.reserved).toBe(LIMIT / 10);
      wire.freeze();
      const answers: string[] = [];
      for (let call = 0; call < 20; call++) answers.push(await ask());
      // A million in the slice; each call holds 296,000, and turns out to use 100,000.
      const granted = answers.filter((answer) => answer === 'ok').length;
      expect(granted).toBe(8);
      expect(new Set(answers)).toEqual(new Set(['ok', 'budget']));
      expect(provider.attempts.length).toBe(1 + granted);
      expect(lines.map(({ state }) => state)).toEqual(['down']);
      wire.thaw();
      await expect.poll(() => ask(), { timeout: 10_000, interval: 50 }).toBe('ok');
      const total = provider.attempts.length * OUTPUT * 1000;
      await store.close?.();
      const [state] = await process(
        connectTo(target.host.concat(':', String(target.port)), 5000),
        budgets,
      ).layer.states();
      console.info(
        `Redis frozen: ${granted} calls from the slice, then closed; spent ${state?.spent} of ${total} charged, reserved ${state?.reserved}`,
      );
      expect(state).toMatchObject({ spent: total, reserved: 0 });
      expect(lines.map(({ state: one }) => one)).toEqual(['down', 'up']);
    });
  });
});

describe('webhooks of alerts', () => {
  it('are accepted by the verifier of the provider kit, once', async () => {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const seen: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        verifyStandardWebhook({ headers: request.headers, body, secret }).then(
          (verified) => {
            seen.push(verified.body);
            response.writeHead(204).end();
          },
          () => response.writeHead(401).end(),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const failures: unknown[] = [];
    const send = webhook({ url: address, secret, onFailure: (failure) => failures.push(failure) });
    const wrong = webhook({
      url: address,
      secret: `whsec_${randomBytes(24).toString('base64')}`,
      onFailure: (failure) => failures.push(failure.reason),
    });
    const alert: BudgetAlert = {
      kind: 'spike',
      budget: 'all',
      per: 'all',
      value: '',
      period: 'day',
      limit: 1,
      spent: 1,
      reserved: 0,
      at: Date.now(),
    };
    void send(alert);
    void wrong(alert);
    await send.flush();
    await wrong.flush();
    server.closeAllConnections();
    server.close();
    expect(seen.map((body) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'budget.spike',
    ]);
    expect(failures).toEqual(['refused']);
  });
});
