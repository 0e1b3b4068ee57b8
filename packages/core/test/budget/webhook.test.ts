import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualClock } from '@inferway/core/testing';
import { afterEach, describe, expect, test } from 'vitest';
import type { BudgetAlert } from '../../src/middleware/budget/budget-alert.js';
import { webhook, type Webhook } from '../../src/middleware/budget/webhook/webhook.js';
import type {
  WebhookFailure,
  WebhookOptions,
} from '../../src/middleware/budget/webhook/webhook-options.js';

const KEY = Buffer.from('a secret of more than sixteen bytes');
const secret = `whsec_${KEY.toString('base64')}`;
const alert: BudgetAlert = {
  kind: 'threshold',
  budget: 'all',
  per: 'all',
  value: '',
  period: 'month',
  limit: 100,
  spent: 80,
  reserved: 0,
  at: 1_700_000_000_000,
  threshold: 0.8,
};

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real server that answers by a script, and what it was sent. */
async function receiver(
  answer: (response: ServerResponse, count: number) => void,
): Promise<{ readonly url: string; readonly deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      deliveries.push({ headers: request.headers, body });
      answer(response, deliveries.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, deliveries };
}

function sender(
  url: string,
  options: Partial<WebhookOptions> = {},
): { readonly send: Webhook; readonly failures: WebhookFailure[] } {
  const failures: WebhookFailure[] = [];
  const send = webhook({
    url,
    secret,
    baseMs: 1,
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
  return { send, failures };
}

test('an alert arrives signed, so that who has the secret can check it', async () => {
  const { url, deliveries } = await receiver((response) => response.writeHead(204).end());
  const { send, failures } = sender(url);
  void send(alert);
  await send.flush();
  const [{ headers, body }] = deliveries as [Delivery];
  expect(JSON.parse(body)).toEqual({
    type: 'budget.threshold',
    timestamp: '2023-11-14T22:13:20.000Z',
    data: alert,
  });
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = createHmac('sha256', KEY).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
  expect(failures).toEqual([]);
});

test('a receiver that has no time is tried again, with the same id', async () => {
  const { url, deliveries } = await receiver((response, count) => {
    if (count === 1) response.socket?.destroy();
    else response.writeHead(count === 2 ? 503 : count === 3 ? 429 : 200).end('thank you');
  });
  const { send, failures } = sender(url);
  void send(alert);
  await send.flush();
  expect(deliveries.length).toBe(4);
  expect(new Set(deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(failures).toEqual([]);
});

describe('given up, and told so, is an alert', () => {
  test('that was tried often enough', async () => {
    const { url, deliveries } = await receiver((response) => response.writeHead(500).end());
    const { send, failures } = sender(url, { attempts: 3 });
    void send(alert);
    await send.flush();
    expect(deliveries.length).toBe(3);
    expect(failures).toEqual([{ alert, reason: 'status', status: 500, attempts: 3 }]);
  });

  test('that a receiver refuses, or leads elsewhere: no redirect is followed', async () => {
    const elsewhere = await receiver((response) => response.writeHead(200).end());
    const { url, deliveries } = await receiver((response, count) =>
      response.writeHead(count === 1 ? 307 : 401, { location: elsewhere.url }).end(),
    );
    const { send, failures } = sender(url);
    void send(alert);
    void send(alert);
    await send.flush();
    expect(deliveries.length).toBe(2);
    expect(elsewhere.deliveries).toEqual([]);
    expect(failures).toMatchObject([
      { reason: 'redirect', status: 307, attempts: 1 },
      { reason: 'refused', status: 401, attempts: 1 },
    ]);
  });

  test('whose receiver never answers', async () => {
    const { url } = await receiver(() => {});
    const { send, failures } = sender(url, { attempts: 2, timeoutMs: 30 });
    void send(alert);
    await send.flush();
    expect(failures).toMatchObject([{ reason: 'timeout', attempts: 2 }]);
  });

  test('that finds no room: nothing piles up behind a slow receiver', async () => {
    const { url, deliveries } = await receiver((response) =>
      setImmediate(() => response.writeHead(200).end()),
    );
    const { send, failures } = sender(url, { maxQueue: 2 });
    for (let count = 0; count < 5; count++) void send(alert);
    expect(failures.map(({ reason }) => reason)).toEqual([
      'queue-full',
      'queue-full',
      'queue-full',
    ]);
    await send.flush();
    expect(deliveries.length).toBe(2);
    void send(alert);
    await send.flush();
    expect(deliveries.length).toBe(3);
  });

  test('that waits when the sender is closed; no timer stays behind', async () => {
    const clock = virtualClock();
    const fetch = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'));
    const { send, failures } = sender('https://example.com/x', { clock, fetch, baseMs: 5000 });
    void send(alert);
    void send(alert);
    await clock.advance(1);
    send.close();
    await send.flush();
    void send(alert);
    expect(failures.map(({ reason }) => reason)).toEqual(['closed', 'closed', 'closed']);
    expect(clock.timers).toBe(0);
  });
});

test('a listener that throws breaks nothing', async () => {
  const { url, deliveries } = await receiver((response, count) =>
    response.writeHead(count === 1 ? 400 : 200).end(),
  );
  const { send } = sender(url, {
    onFailure: () => {
      throw new Error('mine');
    },
  });
  void send(alert);
  void send(alert);
  await send.flush();
  expect(deliveries.length).toBe(2);
});

describe('refused when built', () => {
  test.each<[string, Partial<WebhookOptions>, string]>([
    ['an empty secret (S30)', { secret: '' }, 'secret'],
    ['a prefix without a secret', { secret: 'whsec_' }, 'secret'],
    ['a secret of few bytes', { secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['a secret that is no base64', { secret: 'whsec_not base64 at all!!!!!!!!!!!!!!' }, 'secret'],
    ['no secret', { secret: undefined as never }, 'secret'],
    ['plain http to another machine', { url: 'http://example.com/x' }, 'url'],
    ['what only looks like this machine', { url: 'http://127.0.0.1.example.com/x' }, 'url'],
    ['no address', { url: 'example' }, 'url'],
    ['another protocol', { url: 'file:///etc/passwd' }, 'url'],
    ['a password in the address', { url: 'https://me:hunter7@example.com/' }, 'url'],
    ['no attempt', { attempts: 0 }, 'attempts'],
    ['no time', { timeoutMs: 0 }, 'timeoutMs'],
    ['no room', { maxQueue: 0.5 }, 'maxQueue'],
  ])('%s', (_what, options, param) => {
    const build = (): Webhook => webhook({ url: 'https://example.com/x', secret, ...options });
    expect(build).toThrow(expect.objectContaining({ code: 'configuration', param }));
    for (const quoted of ['hunter7', 'not base64 at all', 'c2hvcnQ']) {
      expect(build).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(quoted) }),
      );
    }
  });

  test('but this machine, by any of its names, and what was allowed', () => {
    for (const url of [
      'http://localhost:1/x',
      'http://127.0.0.1/x',
      'http://[::1]:9/x',
      'http://127.1/x',
    ]) {
      expect(() => webhook({ url, secret })).not.toThrow();
    }
    expect(() => webhook({ url: 'http://example.com/x', secret, allowHttp: true })).not.toThrow();
  });
});
