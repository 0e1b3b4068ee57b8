import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { openTelemetry } from '../test/suite/open-telemetry.js';
import { startCounter } from '../test/suite/start-counter.js';
import type { Telemetry } from '../test/suite/telemetry.js';

/** API 1.9 and SDK 2. */
export function openTelemetry2(): Telemetry {
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return openTelemetry({
    api,
    register() {
      const spans = new InMemorySpanExporter();
      const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const reader = new PeriodicExportingMetricReader({
        exporter: metrics,
        exportIntervalMillis: 3_600_000,
        exportTimeoutMillis: 1000,
      });
      const meters = new MeterProvider({ readers: [reader] });
      const processor = new SimpleSpanProcessor(spans);
      const counter = startCounter();
      api.trace.setGlobalTracerProvider(
        new BasicTracerProvider({ spanProcessors: [processor, counter] }),
      );
      api.metrics.setGlobalMeterProvider(meters);
      return {
        spans: () => spans.getFinishedSpans(),
        started: () => counter.started,
        metrics: () => metrics.getMetrics(),
        flush: () => meters.forceFlush(),
        shutdown: () => meters.shutdown(),
      };
    },
  });
}
