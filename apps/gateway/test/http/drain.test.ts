import { connect } from 'node:net';
import { InferwayError } from '@inferway/core';
import { expect, test, vi } from 'vitest';
import { ask, CHAT, json } from '../support/ask.js';
import { feeding, scripted, START, textReply } from '../support/scripted-provider.js';
import { KEY, startGateway } from '../support/start-gateway.js';

test('stopping takes no new connection and lets a stream that is running end', async () => {
  const { provider, opened } = feeding('p');
  const { url, gateway } = await startGateway([provider]);
  const answer = ask(url, { body: { model: 'p/x', stream: true, ...CHAT } });
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  const closed = gateway.close(5_000);
  await expect(ask(url, { method: 'GET', path: '/healthz' })).rejects.toThrow('ECONNREFUSED');
  feed.text('two');
  feed.end();
  const { text, complete } = await answer;
  expect(text).toContain('"two"');
  expect(complete).toBe(true);
  await closed;
});

test('a stream that outlives the grace time ends with a typed error, and a call that waits with a 503', async () => {
  const { provider, opened } = feeding('p');
  const waiting = scripted('q', (call) => {
    return new Promise((_, reject) =>
      call.signal.addEventListener('abort', () => reject(call.signal.reason)),
    );
  });
  const { url, gateway } = await startGateway([provider, waiting]);
  const streamed = ask(url, { body: { model: 'p/x', stream: true, ...CHAT } });
  const unary = ask(url, { body: { model: 'q/x', ...CHAT } });
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await gateway.close(50);
  const cut = await streamed;
  expect(cut.text).toContain('"one"');
  expect(cut.text).toContain('being stopped');
  expect(cut.text).not.toContain('[DONE]');
  expect(cut.complete).toBe(false);
  expect(InferwayError.is(feed.cancelled)).toBe(true);
  const refused = await unary;
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  expect(json(refused).error.message).toContain('being stopped');
});

test('answers that are still out when it stops end their connections, and so do calls that came on them', async () => {
  const started: (() => void)[] = [];
  const slow = scripted('p', (call) => {
    return new Promise((resolve) => started.push(() => resolve(textReply(call, 'hello'))));
  });
  const { url, gateway } = await startGateway([slow]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const body = JSON.stringify({ model: 'p/x', ...CHAT });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await vi.waitFor(() => expect(started).toHaveLength(1));
  const closed = gateway.close(5_000);
  started[0]?.();
  await new Promise((resolve) => socket.once('close', resolve));
  expect(text).toMatch(/^HTTP\/1.1 200/u);
  expect(text.toLowerCase()).toContain('connection: close');
  await closed;
});

test('a call that comes on a connection which still streams is answered, and is its last', async () => {
  const { provider, opened } = feeding('p');
  const { url, gateway } = await startGateway([provider]);
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
  const closed = gateway.close(5_000);
  socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  feed.end();
  await new Promise((resolve) => socket.once('close', resolve));
  const [, , second = ''] = text.split('HTTP/1.1 200 OK');
  expect(second).toContain('{"status":"ok"}');
  expect(second.toLowerCase()).toContain('connection: close');
  await closed;
});

test('closing twice is closing once', async () => {
  const { gateway } = await startGateway([scripted('p', async (call) => textReply(call, ''))]);
  await gateway.close(0);
  await gateway.close(0);
});
