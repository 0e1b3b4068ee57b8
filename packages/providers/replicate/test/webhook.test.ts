import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReplicate, verifyWebhook } from '../src/index.js';
import { failureOf, openWorld, until, type World } from './support/world.js';

interface Delivered {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let world: World;
let receiver: Server;
let delivered: Delivered[];
let url: string;
let secret: string;

beforeEach(async () => {
  delivered = [];
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    delivered.push({ headers: request.headers, body });
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  world = await openWorld();
  const { json } = await world.client.raw({
    model: 'replicate/any',
    path: 'webhooks/default/secret',
  });
  secret = (json as { key: string }).key;
});

afterEach(async () => {
  await world.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function first(): Promise<Delivered> {
  await until(() => delivered.length > 0);
  return delivered[0] as Delivered;
}

describe('a webhook', () => {
  it('of a prediction that nobody waited for is read, once its signature is right', async () => {
    const { id } = await world.client.prediction({
      model: 'replicate/inferway/sim-chat',
      input: { prompt: 'Say canary-61ff.' },
      wait: false,
      webhook: url,
      webhookEvents: ['completed'],
    });
    const { prediction, sentAt } = await verifyWebhook({ ...(await first()), secret });
    expect(prediction).toMatchObject({
      id,
      status: 'succeeded',
      model: 'inferway/sim-chat',
      dataRemoved: false,
    });
    expect((prediction.output as string[]).join('')).toContain('canary-61ff');
    expect(prediction.metrics).toHaveProperty('output_token_count');
    expect(Math.abs(Date.now() - sentAt)).toBeLessThan(60_000);
    await until(() => delivered.length === 1);
  });

  it('comes of every prediction, also where a cache stands before them', async () => {
    const provider = createReplicate({
      apiKey: 'any',
      baseUrl: world.simulator.baseUrls.replicate,
    });
    const client = createClient({
      providers: [provider],
      middleware: [cache({ scope: 'shared' })],
    });
    const started = async () =>
      client.prediction({
        model: 'replicate/inferway/sim-chat',
        input: { prompt: 'Hi.' },
        wait: false,
        webhook: url,
        webhookEvents: ['completed'],
      });
    const [one, other] = [await started(), await started()];
    expect(other.id).not.toBe(one.id);
    await until(() => delivered.length === 2);
    await client.close();
  });

  it('that was changed, or is old, or signed with another secret, is refused', async () => {
    await world.client.chat({
      model: 'replicate/inferway/sim-chat',
      messages: [{ role: 'user', content: 'Hi.' }],
      providerOptions: { replicate: { webhook: url } },
    });
    const one = await first();
    const refusal = { code: 'authentication' };
    const body = one.body.replace('sim-chat', 'sim-mini');
    expect(await failureOf(verifyWebhook({ ...one, body, secret }))).toMatchObject(refusal);
    expect(
      await failureOf(verifyWebhook({ ...one, secret, now: Date.now() + 400_000 })),
    ).toMatchObject(refusal);
    expect(await failureOf(verifyWebhook({ ...one, secret: 'whsec_AAAA' }))).toMatchObject(refusal);
    await expect(verifyWebhook({ ...one, secret: ['whsec_AAAA', secret] })).resolves.toHaveProperty(
      'id',
    );
  });

  it('of something that is no prediction is a protocol error', async () => {
    const { createHmac } = await import('node:crypto');
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const time = Math.floor(Date.now() / 1000);
    for (const body of ['[]', 'nonsense', '{"id":"../x"}']) {
      const signature = createHmac('sha256', key).update(`m.${time}.${body}`).digest('base64');
      const headers = {
        'webhook-id': 'm',
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${signature}`,
      };
      expect(await failureOf(verifyWebhook({ headers, body, secret }))).toMatchObject({
        code: 'protocol',
      });
    }
  });
});
