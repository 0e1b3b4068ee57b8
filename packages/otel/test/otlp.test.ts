import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as api from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createClient } from '@inferway/core';
import { guard, guardHook } from '@inferway/core/guards';
import { cost, fallback, priceTable } from '@inferway/core/middleware';
import { hedge } from '@inferway/core/resilience';
import { fail, fakeProvider, say, stall } from '@inferway/core/testing';
import { trace } from '@inferway/otel';
import { afterEach, expect, test } from 'vitest';

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
}

const close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  api.trace.disable();
  await Promise.all(close.splice(0).map((one) => one()));
});

/** Takes OTLP over HTTP as JSON, as a collector does. */
async function collector(): Promise<{ url: string; spans: WireSpan[]; types: Set<unknown> }> {
  const spans: WireSpan[] = [];
  const types = new Set<unknown>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      types.add(`${incoming.url} ${incoming.headers['content-type']}`);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: { scopeSpans: { scope: { name: string }; spans: WireSpan[] }[] }[];
      };
      for (const { scopeSpans } of body.resourceSpans)
        for (const scope of scopeSpans) {
          types.add(scope.scope.name);
          spans.push(...scope.spans);
        }
      outgoing.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, types };
}

test('what a collector receives over OTLP is one tree, with whole numbers as whole numbers', async () => {
  const { url, spans, types } = await collector();
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  close.push(() => provider.shutdown());
  api.trace.setGlobalTracerProvider(provider);
  const client = createClient({
    providers: [
      fakeProvider({ name: 'a', script: [fail('overloaded')] }),
      fakeProvider({ name: 'b', script: say('hello') }),
    ],
    middleware: [trace(), fallback('b/n')],
  });
  await client.chat({
    model: 'a/m',
    messages: [{ role: 'user', content: 'hi' }],
    temperature: 0.5,
  });
  await provider.forceFlush();

  expect([...types]).toEqual(['/v1/traces application/json', '@inferway/otel']);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(spans[0]?.traceId).toMatch(/^[0-9a-f]{32}$/u);
  const named = (name: string): WireSpan | undefined => spans.find((span) => span.name === name);
  const [pipeline, failed, answered] = ['inferway.pipeline', 'chat m', 'chat n'].map(named);
  expect(pipeline).toMatchObject({ kind: 1, status: { code: 0 } });
  expect(failed).toMatchObject({ kind: 3, parentSpanId: pipeline?.spanId, status: { code: 2 } });
  expect(answered).toMatchObject({ kind: 3, parentSpanId: pipeline?.spanId, status: { code: 0 } });
  const value = (name: string): object | undefined =>
    answered?.attributes.find(({ key }) => key === name)?.value;
  expect(value('gen_ai.usage.input_tokens')).toEqual({ intValue: 10 });
  expect(value('gen_ai.request.temperature')).toEqual({ doubleValue: 0.5 });
  expect(value('gen_ai.response.finish_reasons')).toEqual({
    arrayValue: { values: [{ stringValue: 'stop' }] },
  });
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    const age = Date.now() - Number(BigInt(startTimeUnixNano) / 1_000_000n);
    expect(age).toBeGreaterThanOrEqual(-1);
    expect(age).toBeLessThan(60_000);
  }
});

test('what layers decide arrives with its types, and a hedge as a link', async () => {
  const { url, spans } = await collector();
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  close.push(() => provider.shutdown());
  api.trace.setGlobalTracerProvider(provider);
  const polite = guardHook('chat', {
    name: 'polite',
    before: ({ request }) => ({ verdict: 'replace', request }),
  });
  const prices = priceTable({ 'b/*': { input: 1, output: 2 } });
  const client = createClient({
    providers: [
      fakeProvider({ name: 'a', script: [stall()] }),
      fakeProvider({ name: 'b', script: say('hello') }),
    ],
    middleware: [
      trace(),
      guard(polite),
      hedge({ delayMs: 5, share: 1, targets: ['b/n'] }),
      cost({ prices }),
    ],
  });
  await client.chat({ model: 'a/m', messages: [{ role: 'user', content: 'hi' }] });
  await provider.forceFlush();

  const named = (name: string): WireSpan | undefined => spans.find((span) => span.name === name);
  const valueOf = (span: string, name: string): object | undefined =>
    named(span)?.attributes.find(({ key }) => key === name)?.value;
  expect(valueOf('inferway.pipeline', 'inferway.guard.verdicts')).toEqual({
    arrayValue: { values: [{ stringValue: 'polite request: replace' }] },
  });
  expect(valueOf('inferway.pipeline', 'inferway.hedge.copies')).toEqual({ intValue: 1 });
  expect(valueOf('inferway.pipeline', 'inferway.hedge.won')).toEqual({ intValue: 2 });
  expect(valueOf('chat n', 'inferway.cost.total')).toEqual({ doubleValue: 0.000012 });
  expect(named('chat n')?.links).toMatchObject([
    { traceId: named('chat m')?.traceId, spanId: named('chat m')?.spanId },
  ]);
  expect(named('chat n')?.parentSpanId).toBe(named('inferway.pipeline')?.spanId);
});
