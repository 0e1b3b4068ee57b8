import { createClient } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import { faultServer, jsonAnswer } from '@inferway/provider-kit/testing';
import { expect, test } from 'vitest';
import { createOpenAICompatible } from '../src/index.js';

test.each([
  [true, '5000'],
  [undefined, undefined],
])(
  'a server is told what time the call has left only where it is asked for (%s)',
  async (deadlineHeader, told) => {
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' },
    ];
    const server = await faultServer(async (connection) => {
      await connection.request();
      await connection.write(jsonAnswer(200, { id: 'x', object: 'chat.completion', choices }));
    });
    const provider = createOpenAICompatible({
      name: 'own',
      baseUrl: `${server.origin}/v1`,
      deadlineHeader,
    });
    const client = createClient({ providers: [provider], clock: virtualClock() });
    await client.chat(
      { model: 'own/m', messages: [{ role: 'user', content: 'hi' }] },
      { timeoutMs: 5000 },
    );
    expect(server.requests[0]?.headers['x-inferway-timeout-ms']).toBe(told);
    await client.close();
    await server.close();
  },
);
