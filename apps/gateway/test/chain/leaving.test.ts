import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { withService } from '@inferway/conformance';
import type { LedgerRow } from '@inferway/core/stores';
import { expect, test, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { REDIS, rowsOf, standing, testPrefix } from '../support/books.js';
import { KEY } from '../support/start-gateway.js';
import { startStack, type Stack } from '../support/start-stack.js';

const BUDGETS = [{ name: 'tenants', per: 'tenant', usd: 100, period: 'total' }] as const;
const GATEWAY = { tenant: 'gateway' };
const WITHIN_MS = 100;

await withService(REDIS, (url) => {
  const start = async (
    pace: { ttftMs?: number; perTokenMs?: number },
    config: ConfigInput = {},
  ): Promise<Stack & { prefix: string }> => {
    const prefix = testPrefix(url);
    const written: ConfigInput = {
      ledger: { sqlite: 'ledger.db', spool: 'spool', batchMs: 10 },
      stores: {
        redis: '${REDIS_URL}',
        prefix,
        processes: 1,
        timeoutMs: 2000,
        budgetsInOutage: 'closed',
      },
      budgets: { rules: BUDGETS },
      callerLimits: { rules: [{ per: 'key', concurrency: 2 }] },
      ...config,
    };
    return { ...(await startStack({ pace }, written, [], { REDIS_URL: url })), prefix };
  };

  /** What the books say once nothing is under way any more. */
  const settled = async ({ folder, prefix }: Stack & { prefix: string }, rows: number) => {
    let found: readonly LedgerRow[] = [];
    await vi.waitFor(
      async () => {
        found = await rowsOf(join(folder, 'ledger.db'));
        expect(found).toHaveLength(rows);
      },
      { timeout: 3000 },
    );
    const spent = found.reduce((sum, { cost }) => sum + (cost ?? Number.NaN), 0);
    await vi.waitFor(
      async () => {
        expect(await standing(url, prefix, BUDGETS, GATEWAY)).toMatchObject([
          { reserved: 0, spent },
        ]);
      },
      { timeout: 3000 },
    );
    return { rows: found, spent };
  };

  const ask = (at: string, stream: boolean, model = 'openai/sim-chat') => {
    const asked = request(`${at}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${KEY}` },
    });
    asked.on('error', () => {});
    const messages = [{ role: 'user', content: 'Write 200 words about the sea.' }];
    asked.end(JSON.stringify({ model, stream, max_tokens: 400, messages }));
    return asked;
  };

  const upstreamLeft = async (stack: Stack): Promise<void> => {
    await vi.waitFor(() => expect(stack.calls()[0]?.clientLeftAt).toBeDefined(), {
      timeout: WITHIN_MS,
      interval: 2,
    });
  };

  test('F40: a caller that leaves in mid-stream ends the provider’s work at once, and what it cost is spent and written down', async () => {
    const stack = await start({ ttftMs: 5, perTokenMs: 10 });
    const asked = ask(stack.url, true);
    const answer = await new Promise<IncomingMessage>((resolve) => asked.on('response', resolve));
    await new Promise((resolve) => answer.once('data', resolve));
    asked.destroy();
    await upstreamLeft(stack);
    const { rows, spent } = await settled(stack, 1);
    expect(rows[0]).toMatchObject({
      status: 'cancelled',
      caller: { tenant: 'gateway', key: 'gateway' },
    });
    // Nobody told the usage: what the provider may bill is reckoned with, and said to be an estimate.
    expect(rows[0]?.costSource).toBe('estimate');
    expect(spent).toBeGreaterThan(0);
    expect(stack.complaints).toEqual([]);
  });

  test.each([true, false])(
    'F41: a caller that leaves before anything was answered does, too (stream: %s), and leaves no place taken',
    async (stream) => {
      const stack = await start({ ttftMs: 60_000 });
      for (let time = 1; time <= 3; time += 1) {
        const asked = ask(stack.url, stream);
        await vi.waitFor(() => expect(stack.calls()).toHaveLength(time));
        asked.destroy();
        await vi.waitFor(() => expect(stack.calls()[time - 1]?.clientLeftAt).toBeDefined(), {
          timeout: WITHIN_MS,
          interval: 2,
        });
      }
      // Two at a time are let in: a place that was not given back would have kept the third out.
      const { rows } = await settled(stack, 3);
      expect(rows.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    },
  );

  test('F42: a caller that never reads holds up the provider, not the memory, and is given up; its spend is settled', async () => {
    const stack = await start(
      { ttftMs: 0, perTokenMs: 0 },
      { limits: { stallMs: 300 }, timeouts: { idleBytesMs: false, idleContentMs: false } },
    );
    const { hostname, port } = new URL(stack.url);
    const socket = connect(Number(port), hostname);
    const messages = [{ role: 'user', content: 'Write 100000 words about the sea.' }];
    const body = JSON.stringify({
      model: 'openai/sim-chat',
      stream: true,
      max_tokens: 200_000,
      messages,
    });
    socket.on('error', () => {});
    socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const { rows } = await settled(stack, 1);
    expect(rows[0]?.status).toBe('cancelled');
    // What the model wrote in all is 32,000: the rest was left in the connection, unread.
    expect(rows[0]?.outputTokens).toBeLessThan(32_000);
    socket.destroy();
  });

  test('F43: a stream says that it must not be held back, kept or compressed, and comes event by event', async () => {
    const stack = await start({ ttftMs: 0, perTokenMs: 5 });
    const asked = ask(stack.url, true);
    const answer = await new Promise<IncomingMessage>((resolve) => asked.on('response', resolve));
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/event-stream/u),
      'x-accel-buffering': 'no',
      'cache-control': expect.stringContaining('no-store'),
    });
    expect(answer.headers['content-encoding']).toBeUndefined();
    let pieces = 0;
    for await (const piece of answer) pieces += Number((piece as Buffer).length > 0);
    expect(pieces).toBeGreaterThan(20);
    await settled(stack, 1);
  });
});
