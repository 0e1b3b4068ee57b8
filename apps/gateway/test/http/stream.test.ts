import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { InferwayError, usd, type Middleware } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import { expect, test, vi } from 'vitest';
import { ask, CHAT, json, type Asked } from '../support/ask.js';
import { feeding, START } from '../support/scripted-provider.js';
import { KEY, startGateway } from '../support/start-gateway.js';

const overloaded = (): InferwayError =>
  new InferwayError('overloaded', { message: 'Too busy.', provider: 'p', retryAfterMs: 1_500 });

function stream(url: string, path?: string): Promise<Asked> {
  const body = { model: 'p/x', stream: true, max_tokens: 50, ...CHAT };
  return ask(url, { body, ...(path === undefined ? {} : { path }) });
}

const priced: Middleware = async (call, next) => {
  const reply = await next(call);
  if (reply.stream) {
    reply.events.observe({
      end(outcome) {
        outcome.cost = { known: true, total: usd(0.00012), source: 'price' };
      },
    });
  }
  return reply;
};

test('a stream has its headers, its events, its end and its cost in a trailer', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider], { chain: [priced] });
  const answer = stream(url);
  const feed = await opened();
  feed.push(...START);
  feed.text('hel');
  feed.text('lö – 🙂');
  feed.end();
  const { status, headers, trailers, text, complete } = await answer;
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-inferway-provider': 'p',
    'x-inferway-model': 'x',
    'x-inferway-attempts': '1',
    trailer: 'x-inferway-cost',
  });
  expect(headers['x-request-id']).toMatch(/^req_/u);
  expect(text).toContain('"hel"');
  expect(text).toContain('"lö – 🙂"');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(complete).toBe(true);
  expect(trailers).toEqual({ 'x-inferway-cost': '0.00012' });
});

test('a caller of HTTP/1.0 gets a stream without chunks that ends with its connection', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const body = JSON.stringify({ model: 'p/x', stream: true, ...CHAT });
  socket.write(
    `POST /v1/chat/completions HTTP/1.0\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const feed = await opened();
  feed.push(...START);
  feed.text('wörd');
  feed.end();
  await new Promise((resolve) => socket.once('close', resolve));
  const [head = '', rest = ''] = text.split(/\r\n\r\n(.*)/su);
  expect(head).not.toMatch(/transfer-encoding/iu);
  expect(rest.startsWith('data: {')).toBe(true);
  expect(rest.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(rest).toContain('wörd');
});

test.each([
  ['/v1/chat/completions', 'server_error'],
  ['/v1/messages', 'overloaded_error'],
])('what fails before the first content has its own status in %s', async (path) => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const answer = stream(url, path);
  const feed = await opened();
  feed.push(...START);
  feed.fail(overloaded());
  const failed = await answer;
  expect(failed.status).toBe(503);
  expect(failed.headers['content-type']).toContain('application/json');
  expect(failed.headers['retry-after']).toBe('2');
  expect(failed.headers['x-inferway-error']).toBe('overloaded');
  expect(json(failed).error.message).toBe('Too busy.');
});

test('no byte of an answer leaves before the first content', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  let began = false;
  const answer = stream(url).finally(() => (began = true));
  const feed = await opened();
  feed.push(...START);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(began).toBe(false);
  feed.fail(overloaded());
  expect((await answer).status).toBe(503);
});

test.each(['/v1/chat/completions', '/v1/messages'])(
  'what fails after it gives the error event and no clean end in %s',
  async (path) => {
    const { provider, opened } = feeding('p');
    const { url } = await startGateway([provider], { secrets: ['sk-canary-0123'] });
    const answer = stream(url, path);
    const feed = await opened();
    feed.push(...START);
    feed.text('partial');
    feed.fail(
      new InferwayError('stream_interrupted', {
        message: 'Cut off, key sk-canary-0123.',
        provider: 'p',
      }),
    );
    const { status, text, complete } = await answer;
    expect(status).toBe(200);
    expect(text).toContain('partial');
    expect(text).toContain('Cut off, key [redacted].');
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('message_stop');
    expect(complete).toBe(false);
  },
);

test('bytes that are no request, sent while a stream runs, end it and put nothing into it', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const body = JSON.stringify({ model: 'p/x', stream: true, ...CHAT });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  await vi.waitFor(() => expect(text).toContain('"one"'));
  socket.write('this is no request\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  expect(text.match(/HTTP\/1.1/gu)).toHaveLength(1);
  expect(text).not.toContain('400');
  await vi.waitFor(() => expect(feed.cancelled?.code).toBe('aborted'));
});

test.each([
  [new InferwayError('billing', { message: 'No credit.', provider: 'p' }), 402, 'false'],
  [new InferwayError('overloaded', { message: 'Busy.', provider: 'p' }), 503, undefined],
])('official clients are told where another try cannot help: %s', async (error, status, told) => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const answer = stream(url);
  (await opened()).fail(error);
  const failed = await answer;
  expect([failed.status, failed.headers['x-should-retry']]).toEqual([status, told]);
});

test('a caller that never reads holds up the provider, and costs bounded memory', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  let fed: { pulls: number } | undefined;
  const asked = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${KEY}` },
  });
  asked.end(JSON.stringify({ model: 'p/x', stream: true, ...CHAT }));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve);
    asked.on('error', reject);
    void opened().then((feed) => {
      feed.push(...START);
      feed.text('first');
      // Far more than sockets and buffers on both sides hold together.
      for (let i = 0; i < 400; i++) feed.text('x'.repeat(100_000));
      feed.end();
      fed = feed;
    });
  });
  response.pause();
  let before = -1;
  await vi.waitFor(
    () => {
      const pulls = (fed as { pulls: number } | undefined)?.pulls ?? 0;
      const still = pulls === before;
      before = pulls;
      expect(still).toBe(true);
    },
    { timeout: 5_000, interval: 200 },
  );
  expect(before).toBeGreaterThan(1);
  expect(before).toBeLessThan(200);
  let length = 0;
  response.on('data', (chunk: Buffer) => (length += chunk.length));
  response.resume();
  await new Promise((resolve) => response.once('end', resolve));
  expect(length).toBeGreaterThan(40_000_000);
});

test('a caller that takes nothing for two minutes is given up, and the provider with it', async () => {
  const { provider, opened } = feeding('p');
  const clock = virtualClock();
  const { url } = await startGateway([provider], { clock });
  const asked = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${KEY}` },
  });
  asked.on('error', () => {});
  asked.on('response', (response) => response.pause());
  asked.end(JSON.stringify({ model: 'p/x', stream: true, ...CHAT }));
  const feed = await opened();
  feed.push(...START);
  for (let i = 0; i < 400; i++) feed.text('x'.repeat(100_000));
  // One timer is the heartbeat's.
  await vi.waitFor(() => expect(clock.timers).toBe(2), { timeout: 5_000 });
  await clock.advance(119_000);
  expect(feed.cancelled).toBeUndefined();
  await clock.advance(1_000);
  await vi.waitFor(() => expect(feed.cancelled?.code).toBe('aborted'));
  expect(clock.timers).toBe(0);
  asked.destroy();
});

test('a stream that is silent gets a comment every quarter of a minute, and one that is not gets none', async () => {
  const { provider, opened } = feeding('p');
  const clock = virtualClock();
  const { url } = await startGateway([provider], { clock });
  const answer = stream(url);
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  await vi.waitFor(() => expect(clock.timers).toBe(1));
  await clock.advance(15_000);
  await clock.advance(15_000);
  feed.text('two');
  await vi.waitFor(() => expect(feed.pulls).toBe(4));
  await clock.advance(15_000);
  feed.end();
  const { text } = await answer;
  expect(text.match(/^: keep-alive$/gmu)).toHaveLength(1);
  expect(text.indexOf('"one"')).toBeLessThan(text.indexOf(': keep-alive'));
  expect(text.indexOf(': keep-alive')).toBeLessThan(text.indexOf('"two"'));
  expect(clock.timers).toBe(0);
});
