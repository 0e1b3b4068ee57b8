import { connect } from 'node:net';
import { gzipSync, brotliCompressSync, zstdCompressSync, deflateSync } from 'node:zlib';
import { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';
import { scripted, textReply } from '../support/scripted-provider.js';
import { ask, CHAT, json } from '../support/ask.js';
import {
  KEY,
  startGateway,
  type GatewaySetup,
  type StartedGateway,
} from '../support/start-gateway.js';

const echo = scripted('p', async (call) => textReply(call, 'hello'));
const start = (setup?: GatewaySetup): Promise<StartedGateway> => startGateway([echo], setup);

/** Bytes on a bare socket, and all that comes back until the other side closes. */
function raw(url: string, bytes: string | Buffer, keepOpen = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.write(bytes);
    if (!keepOpen) socket.end();
  });
}

test('a model that is not there is a 404 that names the providers that are, in both protocols', async () => {
  const { url } = await start();
  const openai = await ask(url, { body: { model: 'nope/x', ...CHAT } });
  expect(openai.status).toBe(404);
  expect(json(openai).error.message).toContain('Providers: p.');
  const bare = await ask(url, { body: { model: 'gpt-5', ...CHAT } });
  expect(bare.status).toBe(404);
  expect(json(bare).error.message).toContain('"<provider>/<model>"');
  const anthropic = await ask(url, {
    path: '/v1/messages',
    body: { model: 'claude-x', max_tokens: 5, ...CHAT },
  });
  expect(anthropic.status).toBe(404);
  expect(json(anthropic)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

test.each([
  'p/a/../../files',
  'p/..',
  'p/./a',
  'p//a',
  'p/%2e%2e/a',
  'p/a\\..\\b',
  'p/m?x',
  'p/a\nb',
  'p/．．/x',
])('the model id %j is a 400', async (model) => {
  const { url } = await start();
  const answer = await ask(url, { body: { model, ...CHAT } });
  expect(answer.status).toBe(400);
  expect(json(answer).error.message).toContain('Use the id as the provider lists it');
});

test('malformed JSON is a 400 that says where and not what', async () => {
  const { url } = await start();
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    const answer = await ask(url, { path, body: '{"model":"p/x","messages":[{"canary"}]}' });
    expect(answer.status).toBe(400);
    expect(json(answer).error.message).toContain('position 36');
    expect(answer.text).not.toContain('canary');
  }
});

test.each(['', '[]', '"text"', 'null', '{}', '{"model":5,"messages":[]}', '{"model":"p/x"}'])(
  'the body %j is a 400 on every route that takes one',
  async (body) => {
    const { url, gateway } = await start();
    for (const { method, path } of gateway.routes) {
      if (method !== 'POST') continue;
      const answer = await ask(url, { path, body });
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.headers['content-type']).toContain('application/json');
    }
  },
);

test('nesting of a hundred thousand levels is a 400 and the gateway lives on', async () => {
  const { url } = await start();
  const deep = `{"model":"p/x","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const answer = await ask(url, { body: deep });
  expect(answer.status).toBe(400);
  expect(json(answer).error.message).toContain('64 levels');
  expect((await ask(url, { body: { model: 'p/x', ...CHAT } })).status).toBe(200);
});

test('numbers that are no numbers of tokens are a 400', async () => {
  const { url } = await start();
  for (const body of [
    '{"model":"p/x","messages":[{"role":"user","content":"hi"}],"max_tokens":1e400}',
    '{"model":"p/x","messages":[{"role":"user","content":"hi"}],"max_tokens":-1}',
  ]) {
    expect((await ask(url, { body })).status).toBe(400);
  }
});

test('neither a body nor a header can choose where a call goes', async () => {
  const seen: unknown[] = [];
  const spy = scripted('p', async (call) => {
    seen.push(call);
    return textReply(call, 'ok');
  });
  const { url } = await startGateway([spy]);
  const hidden = 'http://127.0.0.1:9/canary-target';
  const answer = await ask(url, {
    headers: { 'x-base-url': hidden, 'x-provider-api-key': 'canary-key', host: 'evil.example' },
    body: { model: 'p/x', api_base: hidden, base_url: hidden, ...CHAT },
  });
  expect(answer.status).toBe(200);
  const [call] = seen as { model: object; credential?: unknown }[];
  expect(call?.model).toEqual({ provider: 'p', id: 'x' });
  expect(call?.credential).toBeUndefined();
});

test('a body that says that it is too long is refused before it is read', async () => {
  const { url } = await start({ limits: { bodyBytes: 1_000 } });
  const head = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${KEY}\r\ncontent-length: 5000000\r\n\r\n`;
  const answer = await raw(url, `${head}{"a":1`, true);
  expect(answer).toContain('HTTP/1.1 413');
  expect(answer).toContain('request_too_large');
  expect(answer).toContain('connection: close');
});

test('a caller that asks before it sends is told at once, and one that may send is told to', async () => {
  const { url } = await start({ limits: { bodyBytes: 1_000 } });
  const head = (length: number): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`;
  expect(await raw(url, head(5_000), true)).toMatch(/^HTTP\/1.1 413/u);
  const body = JSON.stringify({ model: 'p/x', ...CHAT });
  const answer = await raw(url, head(body.length) + body, true);
  expect(answer).toMatch(/^HTTP\/1.1 100 Continue/u);
  expect(answer).toContain('HTTP/1.1 200');
});

test('a chunked body is counted while it comes', async () => {
  const { url } = await start({ limits: { bodyBytes: 1_000 } });
  const chunk = `200\r\n${'x'.repeat(512)}\r\n`;
  const answer = await raw(
    url,
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
    true,
  );
  expect(answer).toContain('HTTP/1.1 413');
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const)(
  'a %s body is taken, and its decoded bytes are what counts',
  async (encoding, compress) => {
    const { url } = await start({ limits: { bodyBytes: 100_000 } });
    const send = (body: Buffer): ReturnType<typeof ask> =>
      ask(url, { headers: { 'content-encoding': encoding }, body });
    const good = Buffer.from(JSON.stringify({ model: 'p/x', ...CHAT }));
    expect((await send(compress(good))).status).toBe(200);
    expect((await send(compress(Buffer.alloc(5_000_000, ' ')))).status).toBe(413);
    const broken = await send(Buffer.from('this is no such thing'));
    expect(broken.status).toBe(400);
    expect(json(broken).error.message).toContain(encoding);
  },
);

test('an encoding that is not known is a 415, and stacked ones are not undone', async () => {
  const { url } = await start();
  for (const encoding of ['compress', 'gzip, gzip']) {
    const answer = await ask(url, { headers: { 'content-encoding': encoding }, body: {} });
    expect(answer.status).toBe(415);
  }
});

test('form data is a 415 with the cure, and what curl sends by default is taken', async () => {
  const { url } = await start();
  const body = { model: 'p/x', ...CHAT };
  const send = async (type: string): Promise<number> =>
    (await ask(url, { headers: { 'content-type': type }, body })).status;
  expect(await send('multipart/form-data; boundary=x')).toBe(415);
  expect(await send('image/png')).toBe(415);
  expect(await send('application/x-www-form-urlencoded')).toBe(200);
  expect(await send('Application/JSON; charset=utf-8')).toBe(200);
  expect(await send('text/plain')).toBe(200);
});

test.each([
  ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
  ['a length beside chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a space before the colon', 'x-test : 1\r\n\r\n'],
  ['a folded header', 'x-test: 1\r\n 2\r\n\r\n'],
  ['a bare line feed', 'x-test: 1\n\r\n'],
  ['a null byte', 'x-test: a\0b\r\n\r\n'],
])('%s is a 400 and the connection ends', async (_, rest) => {
  const { url } = await start();
  const answer = await raw(
    url,
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n${rest}`,
    true,
  );
  expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/u);
  expect(answer.toLowerCase()).toContain('connection: close');
});

test('headers beyond the limit are a 431', async () => {
  const { url } = await start({ limits: { headerBytes: 2_000 } });
  const get = (bytes: number): Promise<string> =>
    raw(
      url,
      `GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-a: ${'x'.repeat(bytes)}\r\n\r\n`,
      true,
    );
  expect(await get(1_500)).toMatch(/^HTTP\/1.1 200/u);
  const answer = await get(2_500);
  expect(answer).toMatch(/^HTTP\/1.1 431/u);
  expect(answer).toContain('"error"');
});

test('a request whose headers trickle in is ended with a 408', async () => {
  const { url } = await start({ limits: { headersMs: 200 } });
  const answer = await raw(url, 'POST /v1/messages HTTP/1.1\r\nhost: x\r\n', true);
  expect(answer).toMatch(/^HTTP\/1.1 408/u);
});

test('a request whose body trickles in is ended with a 408', async () => {
  const { url } = await start({ limits: { headersMs: 200, requestMs: 400 } });
  const slow = `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${KEY}\r\ncontent-length: 100\r\n\r\n{`;
  expect(await raw(url, slow, true)).toMatch(/^HTTP\/1.1 408/u);
});

test('connections above the limit are closed at once', async () => {
  const { url } = await start({ limits: { connections: 1 } });
  const { hostname, port } = new URL(url);
  const held = connect(Number(port), hostname);
  await new Promise((resolve) => held.once('connect', resolve));
  const second = await raw(url, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n', true).catch(() => '');
  expect(second).toBe('');
  held.destroy();
});

test('no secret leaves in an error, whoever wrote it there', async () => {
  const leaky = scripted('p', async () => {
    throw new InferwayError('authentication', {
      message: `Incorrect key sk-canary-0123456789 and ${KEY}`,
      provider: 'p',
      requestId: 'id-sk-canary-0123456789',
      body: 'sk-canary-0123456789',
      cause: new Error('sk-canary-0123456789'),
    });
  });
  const { url } = await startGateway([leaky], { secrets: ['sk-canary-0123456789'] });
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    const answer = await ask(url, { path, body: { model: 'p/x', max_tokens: 5, ...CHAT } });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('[redacted]');
    const everything = answer.text + JSON.stringify(answer.headers);
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain(KEY);
  }
});

test('a failure of our own is a 500 without its words, and is reported', async () => {
  const broken = scripted('p', async () => {
    throw new TypeError('canary: the prompt was …');
  });
  const { url, reports } = await startGateway([broken]);
  const answer = await ask(url, { body: { model: 'p/x', ...CHAT } });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('canary');
  expect(answer.text).not.toContain('.ts');
  expect(reports).toHaveLength(1);
});

test('a flood of wrong keys with bodies leaves the connection usable and reads no model', async () => {
  const { url } = await start();
  const body = JSON.stringify({ model: 'p/x', ...CHAT });
  const bad = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const good = bad.replace('Bearer wrong', `Bearer ${KEY}\r\nconnection: close`);
  const answer = await raw(url, bad.repeat(20) + good, true);
  expect(answer.match(/HTTP\/1.1 401/gu)).toHaveLength(20);
  expect(answer.match(/HTTP\/1.1 200/gu)).toHaveLength(1);
});
