import { trace, type Span, type Tracer } from '@opentelemetry/api';
import { expect, onTestFinished, test } from 'vitest';
import { ask, CHAT } from './support/ask.js';
import { startStack } from './support/start-stack.js';

/** A tracer provider that only remembers the names of its spans. */
function rememberSpans(): string[] {
  const names: string[] = [];
  const span = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  }) as Span & { isRecording: () => boolean };
  span.isRecording = () => true;
  const tracer = {
    startSpan(name: string) {
      names.push(name);
      return span;
    },
  } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  onTestFinished(() => trace.disable());
  return names;
}

test.each([true, false])(
  'spans are written where the config asks for them (%s)',
  async (telemetry) => {
    const names = rememberSpans();
    const { url } = await startStack({}, { telemetry });
    expect((await ask(url, { body: { model: 'openai/sim-chat', ...CHAT } })).status).toBe(200);
    expect(names.includes('chat sim-chat')).toBe(telemetry);
  },
);
