import * as api from '@opentelemetry/api';
import { createClient } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { fail, fakeProvider, say } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
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
  const middleware = [trace({ captureContent: true }), metrics({ api }), retry({ baseMs: 1 })];
  const client = createClient({ providers: [provider], middleware });
  expect(await (await client.chat.stream(request)).text).toBe('hello');
  expect((await client.chat(request)).text).toBe('hello');
  expect(told).toEqual([]);
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
