import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyStandardWebhook, type WebhookDelivery } from '../src/index.js';

const SECRET = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another secret').toString('base64')}`;
const NOW = 1_790_000_000_000;
const BODY = '{"id":"p","output":"naïve ☕"}';

function sign(secret: string, body: string | Uint8Array, id = 'msg_1', at = NOW): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const digest = createHmac('sha256', key)
    .update(`${id}.${at / 1000}.`)
    .update(body)
    .digest('base64');
  return `v1,${digest}`;
}

function delivery(
  more: Partial<WebhookDelivery> = {},
  signature = sign(SECRET, BODY),
): WebhookDelivery {
  return {
    headers: {
      'Webhook-Id': 'msg_1',
      'webhook-timestamp': String(NOW / 1000),
      'webhook-signature': signature,
    },
    body: BODY,
    secret: SECRET,
    now: NOW,
    ...more,
  };
}

const refusal = (message: RegExp): object =>
  expect.objectContaining({ code: 'authentication', message: expect.stringMatching(message) });

describe('a webhook', () => {
  it('with the right signature is taken, as text, bytes or with a Headers object', async () => {
    const verified = { id: 'msg_1', sentAt: NOW, body: BODY };
    expect(await verifyStandardWebhook(delivery())).toEqual(verified);
    const bytes = new TextEncoder().encode(BODY);
    expect(await verifyStandardWebhook(delivery({ body: bytes }))).toEqual(verified);
    const headers = new Headers(delivery().headers as Record<string, string>);
    expect(await verifyStandardWebhook(delivery({ headers }))).toEqual(verified);
  });

  it('costs a few passes over its body at most, and takes no body that was parsed', async () => {
    const wrong = sign(OTHER, BODY);
    const flood = [...Array.from({ length: 8 }, () => wrong), sign(SECRET, BODY)].join(' ');
    await expect(verifyStandardWebhook(delivery({}, flood))).rejects.toEqual(refusal(/signature/u));
    const parsed = JSON.parse(BODY) as string;
    await expect(verifyStandardWebhook(delivery({ body: parsed }))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'body',
    });
  });

  it('is taken by any of several signatures and any of several secrets', async () => {
    const both = `${sign(OTHER, BODY)} v2,xx ${sign(SECRET, BODY)}`;
    expect(await verifyStandardWebhook(delivery({}, both))).toMatchObject({ id: 'msg_1' });
    const secret = [OTHER, SECRET];
    expect(await verifyStandardWebhook(delivery({ secret }))).toMatchObject({ id: 'msg_1' });
  });

  it.each([
    ['another body', delivery({ body: `${BODY} ` })],
    ['another secret', delivery({ secret: OTHER })],
    ['no known version', delivery({}, sign(SECRET, BODY).replace('v1', 'v2'))],
    ['an empty signature', delivery({}, 'v1,')],
    ['a signature of another id', delivery({}, sign(SECRET, BODY, 'msg_2'))],
  ])('with %s is refused', async (_name, one) => {
    await expect(verifyStandardWebhook(one)).rejects.toEqual(refusal(/signature .* is not right/u));
  });

  it.each(['Webhook-Id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s is refused',
    async (name) => {
      const headers = { ...(delivery().headers as Record<string, string>) };
      delete headers[name];
      await expect(verifyStandardWebhook(delivery({ headers }))).rejects.toEqual(
        refusal(new RegExp(`no ${name.toLowerCase()} header`, 'u')),
      );
    },
  );

  it('is refused outside of the tolerance, before and after, and at a time that is none', async () => {
    const at = (ms: number, toleranceMs?: number): Promise<unknown> =>
      verifyStandardWebhook(delivery({ now: NOW + ms, toleranceMs }));
    await expect(at(300_000)).resolves.toMatchObject({ id: 'msg_1' });
    await expect(at(300_001)).rejects.toEqual(refusal(/from now/u));
    await expect(at(-300_001)).rejects.toEqual(refusal(/from now/u));
    await expect(at(2000, 1000)).rejects.toEqual(refusal(/more than 1 seconds/u));
    const headers = {
      ...(delivery().headers as Record<string, string>),
      'webhook-timestamp': 'NaN',
    };
    await expect(verifyStandardWebhook(delivery({ headers }))).rejects.toEqual(
      refusal(/from now/u),
    );
  });

  it('is not taken twice where somebody remembers', async () => {
    const seen = new Map<string, number>();
    const firstSeen = (id: string, until: number): boolean => {
      if (seen.has(id)) return false;
      seen.set(id, until);
      return true;
    };
    await verifyStandardWebhook(delivery({ firstSeen }));
    expect(seen).toEqual(new Map([['msg_1', NOW + 300_000]]));
    await expect(verifyStandardWebhook(delivery({ firstSeen }))).rejects.toEqual(
      refusal(/before/u),
    );
    // One that is forged is never remembered, else it would keep the true one out.
    seen.clear();
    await expect(verifyStandardWebhook(delivery({ firstSeen, body: 'x' }))).rejects.toEqual(
      refusal(/not right/u),
    );
    expect(seen.size).toBe(0);
  });

  it('needs a secret', async () => {
    await expect(verifyStandardWebhook(delivery({ secret: 'whsec_' }))).rejects.toMatchObject({
      code: 'configuration',
      param: 'secret',
    });
  });

  it('that anybody makes up is refused, never an accident', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (id, time, signature) => {
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': time,
          'webhook-signature': signature,
        };
        await expect(verifyStandardWebhook(delivery({ headers }))).rejects.toMatchObject({
          code: 'authentication',
        });
      }),
    );
  });
});
