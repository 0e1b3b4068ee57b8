import { InferwayError } from '@inferway/core';
import { expect, test } from 'vitest';
import { ask, CHAT, json } from '../support/ask.js';
import { feeding, scripted, START, textReply } from '../support/scripted-provider.js';
import { startGateway } from '../support/start-gateway.js';

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

test('health tells that the gateway is stopping, on a connection that is still open', async () => {
  const { url, gateway } = await startGateway([
    scripted('p', async (call) => textReply(call, 'hello')),
  ]);
  const health = await ask(url, { method: 'GET', path: '/healthz' });
  expect([health.status, json(health)]).toEqual([200, { status: 'ok' }]);
  await gateway.close(0);
  await gateway.close(0);
});
