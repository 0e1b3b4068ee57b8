import { createClient } from '@inferway/core';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { describe, expect, test, vi } from 'vitest';
import { ask, json } from '../support/ask.js';
import { KEY } from '../support/start-gateway.js';
import { startStack } from '../support/start-stack.js';

const body = (stream: boolean): object => ({
  model: 'openai/sim-chat',
  stream,
  max_tokens: 50,
  messages: [{ role: 'user', content: 'hi' }],
});

describe.each([false, true])('the time that a caller gives the call (stream: %s)', (stream) => {
  test('ends it, and the provider’s socket closes', async () => {
    const { url, simulator, calls } = await startStack();
    simulator.faults.set('F33');
    const answer = await ask(url, {
      headers: { 'x-inferway-timeout-ms': '300' },
      body: body(stream),
    });
    expect([answer.status, answer.headers['x-inferway-error']]).toEqual([504, 'timeout']);
    await vi.waitFor(() => expect(calls().at(-1)?.clientLeftAt).toBeDefined());
    expect(calls().length).toBe(1);
  });

  test('is no longer than the gateway’s own', async () => {
    const timeouts = { totalMs: 300, firstEventMs: 300, idleBytesMs: 300, idleContentMs: 300 };
    const { url, simulator } = await startStack({}, { timeouts, retry: false });
    simulator.faults.set('F33');
    const answer = await ask(url, {
      headers: { 'x-inferway-timeout-ms': '999999999999' },
      body: body(stream),
    });
    expect(answer.status).toBe(504);
  });

  test('of another hop of ours is what is left of its own', async () => {
    const { url, simulator, calls } = await startStack();
    simulator.faults.set('F33');
    const next = createOpenAICompatible({
      name: 'next',
      baseUrl: `${url}/v1`,
      apiKey: KEY,
      deadlineHeader: true,
    });
    const client = createClient({ providers: [next] });
    const input = {
      model: 'next/openai/sim-chat',
      messages: [{ role: 'user', content: 'hi' }],
    } as const;
    const asked = stream
      ? client.chat.stream(input, { timeoutMs: 400 })
      : client.chat(input, { timeoutMs: 400 });
    await expect(asked).rejects.toMatchObject({ code: 'timeout' });
    await vi.waitFor(() => expect(calls().at(-1)?.clientLeftAt).toBeDefined());
    await client.close();
  });

  test.each(['0', '-1', '1.5', '1e3', 'soon', '', '5, 6', '9'.repeat(16)])(
    'of %j is refused',
    async (given) => {
      const { url, calls } = await startStack();
      const answer = await ask(url, {
        headers: { 'x-inferway-timeout-ms': given },
        body: body(stream),
      });
      expect(answer.status).toBe(400);
      expect(json(answer).error.message).toContain('x-inferway-timeout-ms');
      expect(calls().length).toBe(0);
    },
  );
});

test('a call that is answered in time is as it was', async () => {
  const { url } = await startStack();
  const answer = await ask(url, {
    headers: { 'x-inferway-timeout-ms': '60000' },
    body: body(false),
  });
  expect(answer.status).toBe(200);
});
