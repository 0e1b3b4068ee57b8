import { createClient } from '@inferway/core';
import { fakeProvider, say } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { expect, test, vi } from 'vitest';

const asked = vi.hoisted(() => ({ times: 0 }));
vi.mock('@opentelemetry/api', () => {
  asked.times++;
  throw new Error("Cannot find package '@opentelemetry/api'");
});

test('without the API calls run as if nothing were listed, and it is looked for once', async () => {
  const provider = fakeProvider({ name: 'a', script: say('hello') });
  const client = createClient({ providers: [provider], middleware: [trace(), metrics()] });
  const request = { model: 'a/m', messages: [{ role: 'user', content: 'hi' }] } as const;
  expect((await client.chat(request)).text).toBe('hello');
  expect(await (await client.chat.stream(request)).text).toBe('hello');
  expect(asked.times).toBeGreaterThan(0);
  const before = asked.times;
  await client.chat(request);
  expect(asked.times).toBe(before);
});
