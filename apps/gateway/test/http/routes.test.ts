import { virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { scripted, textReply } from '../support/scripted-provider.js';
import { ask, json } from '../support/ask.js';
import { KEY, startGateway } from '../support/start-gateway.js';

const provider = scripted('p', async (call) => textReply(call, 'hello'));

test('every route but health asks for a key, by every way a key may be missing or wrong', async () => {
  const { url, gateway } = await startGateway([provider]);
  const open = gateway.routes.filter((route) => route.open === true).map(({ path }) => path);
  expect(open).toEqual(['/healthz']);
  expect(gateway.routes.length).toBeGreaterThanOrEqual(6);
  for (const { method, path, open: free } of gateway.routes) {
    for (const headers of [
      { authorization: '' },
      { authorization: 'Bearer wrong' },
      { authorization: `Bearer ${KEY}x` },
      { authorization: `Basic ${KEY}` },
      { authorization: '', 'x-api-key': 'wrong' },
      { authorization: '', 'api-key': KEY },
      { authorization: '', cookie: `key=${KEY}` },
    ] as Record<string, string>[]) {
      const answer = await ask(url, { method, path, headers });
      expect([path, headers, answer.status]).toEqual([path, headers, free ? 200 : 401]);
    }
    const inQuery = await ask(url, {
      method,
      path: `${path}?key=${KEY}`,
      headers: { authorization: '' },
    });
    expect([path, inQuery.status]).toEqual([path, free ? 200 : 401]);
  }
});

test('with a key, in either header, every route gets past the door', async () => {
  const { url, gateway } = await startGateway([provider]);
  for (const { method, path } of gateway.routes) {
    for (const headers of [{}, { authorization: '', 'x-api-key': KEY }]) {
      const answer = await ask(url, { method, path, headers });
      expect([path, answer.status]).toEqual([path, method === 'GET' ? 200 : 400]);
    }
  }
});

test('a key missing and a key wrong are told apart, in the protocol of the path, and never repeated', async () => {
  const { url } = await startGateway([provider]);
  const missing = await ask(url, { headers: { authorization: '' } });
  expect(json(missing).error).toMatchObject({
    message: expect.stringContaining('A key is needed'),
  });
  expect(missing.headers['www-authenticate']).toBe('Bearer');
  const wrong = await ask(url, {
    path: '/v1/messages',
    headers: { authorization: '', 'x-api-key': 'canary-of-a-wrong-key' },
  });
  expect(json(wrong)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  expect(wrong.text).not.toContain('canary');
});

test.each([
  ['HEAD', '/v1/models', 405],
  ['OPTIONS', '/v1/chat/completions', 405],
  ['GET', '/v1/chat/completions', 405],
  ['PUT', '/v1/messages', 405],
  ['DELETE', '/healthz', 405],
  ['POST', '/', 404],
  ['GET', '/v1/chat/completions/', 404],
  ['POST', '//v1/chat/completions', 404],
  ['POST', '/v1/chat%2fcompletions', 404],
  ['POST', '/v1/../v1/chat/completions', 404],
  ['POST', '/V1/chat/completions', 404],
  ['POST', '/v1/messages/nothing', 404],
  ['GET', '/v1/messages/count_tokens', 405],
  ['GET', '/__proto__', 404],
])('%s %s is answered with %i', async (method, path, status) => {
  const { url } = await startGateway([provider]);
  const answer = await ask(url, { method, path });
  expect(answer.status).toBe(status);
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  expect(answer.headers['x-request-id']).toMatch(/^req_/u);
  if (status === 405) expect(answer.headers.allow).toMatch(/^(GET|POST)$/u);
  if (method !== 'HEAD') {
    const type = path.startsWith('/v1/messages') ? 'error' : undefined;
    expect(json<{ type?: string }>(answer).type).toBe(type);
  }
});

test('a sane id of the caller is kept, and another is replaced', async () => {
  const { url } = await startGateway([provider]);
  const id = async (given: string): Promise<unknown> =>
    (await ask(url, { method: 'GET', path: '/healthz', headers: { 'x-request-id': given } }))
      .headers['x-request-id'];
  expect(await id('trace:42.a-b_c')).toBe('trace:42.a-b_c');
  expect(await id('a b')).toMatch(/^req_/u);
  expect(await id('x'.repeat(129))).toMatch(/^req_/u);
});

test('models are listed in both protocols, aliases first, with the provider in front', async () => {
  const listing = {
    ...provider,
    models: async () => [
      { id: 'org/b', provider: 'p', created: 1_700_000_000 },
      { id: 'a', provider: 'p', ownedBy: 'someone' },
    ],
  };
  const aliases = new Map([['fast', { model: { provider: 'p', id: 'a' }, fallbacks: [] }]]);
  const { url } = await startGateway([listing], { aliases });
  const openai = json<{ object: string; data: object[] }>(
    await ask(url, { method: 'GET', path: '/v1/models' }),
  );
  expect(openai.object).toBe('list');
  expect(openai.data).toEqual([
    { id: 'fast', object: 'model', created: 0, owned_by: 'inferway' },
    { id: 'p/a', object: 'model', created: 0, owned_by: 'someone' },
    { id: 'p/org/b', object: 'model', created: 1_700_000_000, owned_by: 'p' },
  ]);
  const anthropic = json<{ data: object[]; has_more: boolean; last_id: string }>(
    await ask(url, {
      method: 'GET',
      path: '/v1/models?limit=1000',
      headers: { 'anthropic-version': '2023-06-01' },
    }),
  );
  expect(anthropic).toMatchObject({ has_more: false, first_id: 'fast', last_id: 'p/org/b' });
  expect(anthropic.data[2]).toEqual({
    type: 'model',
    id: 'p/org/b',
    display_name: 'p/org/b',
    created_at: '2023-11-14T22:13:20.000Z',
  });
});

test('providers are asked for their models once a minute for many callers, and one that fails is left out', async () => {
  const clock = virtualClock();
  let asked = 0;
  const good = {
    ...provider,
    models: async () => {
      asked += 1;
      return [{ id: 'a', provider: 'p' }];
    },
  };
  const bad = {
    ...scripted('q', async (call) => textReply(call, '')),
    models: () => Promise.reject(new Error('down')),
  };
  const { url } = await startGateway([good, bad], { clock });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => ask(url, { method: 'GET', path: '/v1/models' })),
  );
  for (const answer of answers) {
    expect(json<{ data: { id: string }[] }>(answer).data.map(({ id }) => id)).toEqual(['p/a']);
  }
  expect(asked).toBe(1);
  await clock.advance(60_001);
  await ask(url, { method: 'GET', path: '/v1/models' });
  expect(asked).toBe(2);
});
