import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { fakeProvider, say } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTelemetry3 } from './sdk-3.js';
import { only, type Telemetry } from './suite/telemetry.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let sdk: Telemetry;
beforeEach(() => {
  sdk = openTelemetry3();
});
afterEach(() => sdk.close());

test('a stream that nobody reads or holds ends its span as abandoned, and is no measurement', async () => {
  const provider = fakeProvider({ name: 'a', script: say('hello') });
  const middleware = [trace(), metrics(), retry()];
  const client = createClient({ providers: [{ name: 'a', chat: provider.chat }], middleware });
  const request = { model: 'a/m', messages: [{ role: 'user', content: 'hi' }] } as const;
  await client.chat.stream(request);
  (provider.attempts as unknown[]).length = 0;
  expect(sdk.spans()).toEqual([]);
  await vi.waitFor(
    () => {
      collectGarbage();
      expect(sdk.spans()).toHaveLength(2);
    },
    { timeout: 10_000 },
  );
  const chat = only(sdk.spans(), 'chat m');
  expect(chat).toMatchObject({
    status: 'UNSET',
    attributes: { 'inferway.outcome': 'abandoned' },
  });
  const names = (await sdk.points()).map(({ name }) => name);
  expect(names).not.toContain('gen_ai.client.operation.duration');
});
