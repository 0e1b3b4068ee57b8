import { setTimeout as sleep } from 'node:timers/promises';
import { relay, withService } from '@inferway/conformance';
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask, json, type Asked } from '../support/ask.js';
import { REDIS, testPrefix } from '../support/books.js';
import { ownUpstream } from '../support/own-upstream.js';
import { startStack, type Stack } from '../support/start-stack.js';

await withService(REDIS, (url) => {
  const gateway = (
    baseUrl: string,
    prefix: string,
    { redis = url, ...config }: ConfigInput & { readonly redis?: string } = {},
  ): Promise<Stack> =>
    startStack(
      {},
      {
        retry: false,
        providers: { plain: { baseUrl } },
        // On a loaded machine the limit of 50 ms is tested elsewhere.
        stores: { redis: '${REDIS_URL}', prefix, processes: 2, timeoutMs: 1000 },
        ...config,
      },
      [],
      { REDIS_URL: redis },
    );
  const send = (stack: Stack, key: string, stream = false): Promise<Asked> =>
    ask(stack.url, {
      headers: { 'idempotency-key': key },
      body: { model: 'plain/m', messages: [{ role: 'user', content: 'hi' }], stream },
    });

  test('two gateways execute one call, whichever of them it is sent to', async () => {
    const prefix = testPrefix(url);
    const upstream = await ownUpstream(() => ({ afterMs: 50 }));
    const [one, two] = await Promise.all([
      gateway(upstream.baseUrl, prefix),
      gateway(upstream.baseUrl, prefix),
    ]);
    for (let round = 1; round <= 5; round++) {
      const key = `round ${round}`.replace(' ', '-');
      const stream = round % 2 === 0;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_none, index) => send(index % 2 ? one : two, key, stream)),
      );
      expect(answers.filter(({ status }) => status === 200).length).toBe(1);
      expect(answers.filter(({ status }) => status === 409).length).toBe(9);
      let repeat = await send(one, key, stream);
      // The end of a stream is told before the store has it.
      for (let tries = 0; repeat.status === 409 && tries < 100; tries++) {
        await sleep(10);
        repeat = await send(two, key, stream);
      }
      expect([repeat.status, repeat.headers['idempotent-replayed']]).toEqual([200, 'true']);
      expect(upstream.asked()).toBe(round);
    }
  });

  test('while Redis says nothing, calls with a key are refused in time, and all others served', async () => {
    const prefix = testPrefix(url);
    const upstream = await ownUpstream();
    const { hostname, port } = new URL(url);
    const wire = await relay({ host: hostname, port: Number(port || 6379) });
    onTestFinished(() => wire.close());
    const redis = new URL(url);
    redis.host = `${wire.host}:${wire.port}`;
    const stack = await gateway(upstream.baseUrl, prefix, { redis: redis.href });
    expect((await send(stack, 'before')).status).toBe(200);
    wire.freeze();
    const from = performance.now();
    const refused = await send(stack, 'k');
    expect(performance.now() - from).toBeLessThan(4000);
    expect(refused.status).toBe(503);
    expect(refused.headers['x-inferway-error']).toBe('overloaded');
    expect(json(refused).error.message).toContain('Nothing was sent');
    expect(upstream.asked()).toBe(1);
    const plain = await ask(stack.url, {
      body: { model: 'plain/m', messages: [{ role: 'user', content: 'hi' }] },
    });
    expect(plain.status).toBe(200);
    wire.thaw();
    let repeat = await send(stack, 'before');
    for (let tries = 0; repeat.status === 503 && tries < 200; tries++) {
      await sleep(25);
      repeat = await send(stack, 'before');
    }
    expect([repeat.status, repeat.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(upstream.asked()).toBe(2);
  });

  test('with whenStoreFails: open they are executed all the same', async () => {
    const upstream = await ownUpstream();
    const stack = await gateway(upstream.baseUrl, testPrefix(url), {
      redis: 'redis://127.0.0.1:9',
      idempotency: { whenStoreFails: 'open' },
    });
    expect((await send(stack, 'k')).status).toBe(200);
    expect((await send(stack, 'k')).status).toBe(200);
    expect(upstream.asked()).toBe(2);
  });
});
