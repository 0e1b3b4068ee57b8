import * as api from '@opentelemetry/api';
import { createClient } from '@inferway/core';
import { fakeProvider, say } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTelemetry3 } from './sdk-3.js';
import { only, type Telemetry } from './suite/telemetry.js';

let sdk: Telemetry;
beforeEach(() => {
  sdk = openTelemetry3();
});
afterEach(() => sdk.close());

test('measurements are recorded in the context of the target’s span, so that exemplars lead to it', async () => {
  const recorded: (string | undefined)[] = [];
  const record = (_value: number, _labels: unknown, context: api.Context): void => {
    recorded.push(api.trace.getSpan(context)?.spanContext().spanId);
  };
  const meter = { createHistogram: () => ({ record }) };
  const meters = Object.assign(Object.create(api.metrics) as typeof api.metrics, {
    getMeterProvider: () => ({ getMeter: () => meter }),
  });
  const client = createClient({
    providers: [fakeProvider({ name: 'a', script: say('hello there') })],
    middleware: [trace(), metrics({ api: { ...api, metrics: meters } })],
  });
  const request = { model: 'a/m', messages: [{ role: 'user', content: 'hi' }] } as const;
  await (
    await client.chat.stream(request)
  ).result;
  expect(recorded.length).toBeGreaterThan(4);
  expect(new Set(recorded)).toEqual(new Set([only(sdk.spans(), 'chat m').id]));
});
