import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyStandardWebhook } from '@inferway/provider-kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask } from '../support/ask.js';
import { rowsOf } from '../support/books.js';
import { startStack } from '../support/start-stack.js';

const KEYS: NonNullable<ConfigInput['keys']> = [
  { id: 'a', key: '${KEY_A}', tenant: 'acme', team: 'search', tags: ['prod', 'beta'] },
];
const as = { headers: { authorization: 'Bearer iw_key-of-a' } };
const messages = [{ role: 'user', content: 'Say hello' }];
const model = 'openai/sim-chat';

test.each([
  [true, 'u-1'],
  [false, undefined],
])(
  'the ledger has whose key it was, and the user that the request names only where it is reported (%s)',
  async (reportUsers, user) => {
    const { url, folder, stop } = await startStack(
      {},
      { keys: KEYS, reportUsers, ledger: { sqlite: 'books/ledger.db', batchMs: 5 } },
      [],
      { KEY_A: 'iw_key-of-a' },
    );
    // What a request says of tenants counts for nothing.
    const forged = {
      tenant: 'other',
      team: 'other',
      metadata: { tenant: 'other', user_id: 'u-1' },
    };
    await ask(url, { ...as, body: { model, messages, user: 'u-1', tenant: 'other' } });
    await ask(url, {
      ...as,
      path: '/v1/messages',
      body: { model, max_tokens: 9, messages, metadata: forged.metadata },
    });
    await ask(url, { body: { model, messages, user: 'u-1' } });
    await vi.waitFor(async () =>
      expect(await rowsOf(join(folder, 'books/ledger.db'))).toHaveLength(3),
    );
    const rows = await rowsOf(join(folder, 'books/ledger.db'));
    const who = {
      tenant: 'acme',
      key: 'a',
      team: 'search',
      tags: ['prod', 'beta'],
      ...(user && { user }),
    };
    expect(rows.map(({ caller }) => caller)).toEqual([
      who,
      who,
      { tenant: 'gateway', key: 'gateway', ...(user && { user }) },
    ]);
    await stop();
  },
);

test('a budget in memory goes on after a restart with what the ledger says was spent', async () => {
  const books = await mkdtemp(join(tmpdir(), 'inferway-restart-'));
  onTestFinished(() => rm(books, { recursive: true, force: true }));
  // Room for one call: what it may cost at most fits once.
  const config = (usd: number): ConfigInput => ({
    keys: KEYS,
    ledger: { sqlite: join(books, 'ledger.db') },
    budgets: { rules: [{ name: 'tenants', per: 'tenant', usd, period: 'total' }] },
  });
  const environment = { KEY_A: 'iw_key-of-a' };
  const body = { model, max_tokens: 50, messages };
  const first = await startStack({}, config(1), [], environment);
  const answer = await ask(first.url, { ...as, body });
  const spent = Number(answer.headers['x-inferway-cost']);
  await first.stop();
  await cp(join(books, 'ledger.db'), join(books, 'copy.db'));
  expect((await rowsOf(join(books, 'copy.db')))[0]?.cost).toBe(Math.round(spent * 1e9));
  const next = await startStack({}, config(spent), [], environment);
  const refused = await ask(next.url, { ...as, body });
  expect(refused.status).toBe(402);
  expect(refused.text).toContain('is spent');
});

test('alerts are signed and delivered, also those of the last calls before it stops', async () => {
  const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (chunk: Buffer) => (body += chunk.toString()));
    asked.on('end', () => {
      received.push({ headers: asked.headers, body });
      answer.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  const { url, complaints, stop } = await startStack(
    {},
    {
      keys: KEYS,
      budgets: {
        rules: [{ name: 'tenants', per: 'tenant', usd: 0.01, period: 'total' }],
        alerts: { thresholds: [0.0001], webhook: { url: to, secret: '${SECRET}' } },
      },
    },
    [],
    { KEY_A: 'iw_key-of-a', SECRET: secret },
  );
  expect((await ask(url, { ...as, body: { model, max_tokens: 50, messages } })).status).toBe(200);
  await stop();
  expect(received).toHaveLength(1);
  const [{ headers, body }] = received as [(typeof received)[0]];
  expect(JSON.parse(body)).toMatchObject({
    data: { budget: 'tenants', value: 'acme', kind: 'threshold' },
  });
  await verifyStandardWebhook({
    headers,
    body,
    secret,
  });
  expect(complaints).toEqual([expect.stringContaining('budget "tenants"')]);
});
