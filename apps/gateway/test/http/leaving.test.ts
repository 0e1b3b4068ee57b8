import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Call } from '@inferway/core';
import { expect, test, vi } from 'vitest';
import { CHAT } from '../support/ask.js';
import { feeding, scripted, START } from '../support/scripted-provider.js';
import { KEY, startGateway } from '../support/start-gateway.js';

const WITHIN_MS = 100;

/** Milliseconds until it holds, or a failure. */
async function within(holds: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(holds()).toBe(true), { timeout: WITHIN_MS, interval: 2 });
}

function call(url: string, stream: boolean): ClientRequest {
  const asked = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${KEY}` },
  });
  asked.on('error', () => {});
  asked.end(JSON.stringify({ model: 'p/x', stream, ...CHAT }));
  return asked;
}

/** A provider that accepts a call and then says nothing, ever. */
function silent(): { provider: ReturnType<typeof scripted>; calls: Call<'chat'>[] } {
  const calls: Call<'chat'>[] = [];
  const provider = scripted('p', (call) => {
    calls.push(call);
    return new Promise((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason));
    });
  });
  return { provider, calls };
}

test.each([true, false])(
  'a caller that leaves before any answer ends the provider’s work at once (stream: %s)',
  async (stream) => {
    const { provider, calls } = silent();
    const { url, reports } = await startGateway([provider]);
    const asked = call(url, stream);
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    asked.destroy();
    await within(() => calls[0]?.signal.aborted === true);
    expect(calls[0]?.signal.reason).toMatchObject({ code: 'aborted' });
    expect(reports).toEqual([]);
  },
);

test('a caller that leaves before the first content ends the provider’s work', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const asked = call(url, true);
  const feed = await opened();
  feed.push(...START);
  asked.destroy();
  await within(() => feed.cancelled?.code === 'aborted');
});

test('a caller that leaves in the middle of a stream ends the provider’s work', async () => {
  const { provider, opened } = feeding('p');
  const { url, reports } = await startGateway([provider]);
  const asked = call(url, true);
  const answer = new Promise<IncomingMessage>((resolve) => asked.on('response', resolve));
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  const response = await answer;
  await new Promise((resolve) => response.once('data', resolve));
  asked.destroy();
  await within(() => feed.cancelled?.code === 'aborted');
  expect(reports).toEqual([]);
});

test('a caller that half-closes its side, as one that is killed does, ends the provider’s work', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const body = JSON.stringify({ model: 'p/x', stream: true, ...CHAT });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const feed = await opened();
  feed.push(...START);
  feed.text('one');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.end();
  await within(() => feed.cancelled?.code === 'aborted');
  socket.destroy();
});

test('a caller that leaves while it sends its body calls no provider and is no failure', async () => {
  const { provider, calls } = silent();
  const { url, reports, gateway } = await startGateway([provider]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: 1000\r\n\r\n{"model"`,
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  socket.destroy();
  await gateway.close(5_000);
  expect(calls).toEqual([]);
  expect(reports).toEqual([]);
});
