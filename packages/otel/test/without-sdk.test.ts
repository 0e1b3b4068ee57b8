import * as api from '@opentelemetry/api';
import { createClient, type Call, type Middleware } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { countListeners, fail, fakeProvider, say, type Step } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import { openTelemetry3 } from './sdk-3.js';
import { afterEach, expect, test } from 'vitest';

const request = { model: 'a/m', messages: [{ role: 'user', content: 'hi' }] } as const;

afterEach(() => api.diag.disable());

test('without an SDK calls run and nothing is reported as broken', async () => {
  const told: unknown[] = [];
  const tell = (...words: unknown[]): void => void told.push(words);
  const logger = { error: tell, warn: tell, info: tell, debug: tell, verbose: tell };
  api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const provider = fakeProvider({
    name: 'a',
    script: (_call, attempt) => (attempt === 1 ? [fail('connection')] : say('hello')),
  });
  const middleware = [
    trace({ captureContent: true, pipeline: true }),
    metrics({ api }),
    retry({ baseMs: 1 }),
  ];
  const client = createClient({ providers: [provider], middleware });
  expect(await (await client.chat.stream(request)).text).toBe('hello');
  expect((await client.chat(request)).text).toBe('hello');
  expect(told).toEqual([]);
});

test('without an SDK nothing stands around a call', async () => {
  const listeners = async (middleware: readonly Middleware[]): Promise<number | undefined> => {
    let count: number | undefined;
    const script = (call: Call): readonly Step[] => {
      count = countListeners(call.signal);
      return say('hello');
    };
    await createClient({ providers: [fakeProvider({ name: 'a', script })], middleware }).chat(
      request,
    );
    return count;
  };
  const plain = await listeners([]);
  expect(await listeners([trace()])).toBe(plain);
  expect(await listeners([metrics()])).toBe(plain);
  const sdk = openTelemetry3();
  expect(await listeners([trace()])).toBe((plain ?? 0) + 1);
  expect(await listeners([metrics()])).toBe((plain ?? 0) + 1);
  await sdk.close();
});

test('an API that breaks breaks no call, and says so to its own log', async () => {
  const told: unknown[] = [];
  const tell = (...words: unknown[]): void => void told.push(words);
  const logger = { error: tell, warn: tell, info: tell, debug: tell, verbose: tell };
  api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const broken = (): never => {
    throw new Error('broken tracer');
  };
  const tracer = { startSpan: broken, startActiveSpan: broken };
  const provider = { getTracer: () => tracer };
  const traceApi = Object.assign(Object.create(api.trace) as typeof api.trace, {
    getTracerProvider: () => provider,
  });
  const client = createClient({
    providers: [fakeProvider({ name: 'a', script: say('hello') })],
    middleware: [trace({ api: { ...api, trace: traceApi } })],
  });
  expect((await client.chat(request)).text).toBe('hello');
  expect(JSON.stringify(told)).toContain('@inferway/otel trace:');
});
