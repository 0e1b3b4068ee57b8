import type { AnyReply, Call, Middleware } from '@inferway/core';
import type { Attributes, TracerProvider } from '@opentelemetry/api';
import type { CallRun } from './call-run.js';
import { apiSource, type OtelApi } from './otel-api.js';
import { SpanSink, type SpanTools } from './span-sink.js';
import { spanSettings } from './span-settings.js';
import type { TraceOptions } from './trace-options.js';
import { trackCall } from './track-call.js';
import type { Tracking } from './tracking.js';

/**
 * Traces calls by the OpenTelemetry conventions for generative AI. List it first. Each target (provider and model) of a call is one span of
 * kind CLIENT that covers all its attempts, with usage, finish reasons, time to first chunk and cost; below it a span for each attempt, under
 * which HTTP instrumentation hangs its own; above it, where other targets or a layer that decides took part, one for the whole call.
 *
 * Prompts and answers are written only where asked. Without `@opentelemetry/api`, or without an SDK, it does nothing.
 *
 * @throws {InferwayError} `configuration` for a server that is no URL.
 */
export function trace(options: TraceOptions = {}): Middleware {
  const settings = spanSettings(options);
  const source = apiSource(options.api);
  let provider: TracerProvider | undefined;
  let tools: SpanTools | undefined;

  // Made apart from any call: a closure that sees one would hold its stream, and no dropped stream would ever be found.
  const toolsOf = (api: OtelApi): SpanTools => {
    const registered = api.trace.getTracerProvider();
    if (tools === undefined || registered !== provider) {
      provider = registered;
      const report = (reason: unknown): void => api.diag.error('@inferway/otel trace:', reason);
      tools = { api, tracer: registered.getTracer('@inferway/otel'), settings, report };
    }
    return tools;
  };

  return function trace(call, next) {
    return source.use(
      (api) => {
        if (!hasSdk(api)) return next(call) as Promise<AnyReply>;
        const spans = toolsOf(api);
        const { sink, ...tracking } = tracked(spans, call);
        return sink.around(() => trackCall(call, next, { sink, ...tracking }));
      },
      () => next(call) as Promise<AnyReply>,
    );
  };
}

/** Makes the spans of a call, and knows how to make those of the calls that are made on its behalf. */
function tracked(spans: SpanTools, call: Call, served?: CallRun): Tracking & { sink: SpanSink } {
  const sink = new SpanSink(spans, call, attributesOf(call, spans), served);
  return { sink, report: spans.report, forked: (own, of) => tracked(spans, own, of) };
}

// The API's own provider hands out tracers that do nothing until an SDK registers, which may be after the first call.
function hasSdk(api: OtelApi): boolean {
  const provider: TracerProvider & { getDelegateTracer?: (name: string) => unknown } =
    api.trace.getTracerProvider();
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer('') !== undefined;
}

function attributesOf(call: Call, { settings, report }: SpanTools): Attributes | undefined {
  try {
    return settings.attributes?.(call);
  } catch (reason) {
    report(reason);
    return undefined;
  }
}
