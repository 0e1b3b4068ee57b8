import { metricPoints, spanRecords, type ExportedMetrics, type ExportedSpan } from './exported.js';
import type { Telemetry } from './telemetry.js';

/** What one generation of the SDK brings; the suites know no more of it. */
export interface Generation {
  readonly api: {
    readonly trace: {
      disable(): void;
      getTracer(name: string): {
        startSpan(name: string): { end(): void };
        startActiveSpan<T>(name: string, work: (span: { end(): void }) => T): T;
      };
    };
    readonly metrics: { disable(): void };
    readonly context: { disable(): void };
  };
  /** Registers a fresh tracer and meter provider. */
  register(): Registered;
}

export interface Registered {
  spans(): readonly ExportedSpan[];
  started(): number;
  metrics(): readonly ExportedMetrics[];
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export function openTelemetry({ api, register }: Generation): Telemetry {
  let sdk = register();
  const disable = (): void => {
    api.trace.disable();
    api.metrics.disable();
  };
  return {
    spans: () => spanRecords(sdk.spans()),
    started: () => sdk.started(),
    async points() {
      await sdk.flush();
      return metricPoints(sdk.metrics());
    },
    inside: (name, work) =>
      api.trace.getTracer('test').startActiveSpan(name, (span) => {
        try {
          return work();
        } finally {
          span.end();
        }
      }),
    mark: (name) => api.trace.getTracer('test').startSpan(name).end(),
    replace() {
      disable();
      sdk = register();
    },
    async close() {
      disable();
      api.context.disable();
      await sdk.shutdown();
    },
  };
}
