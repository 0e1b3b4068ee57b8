import type { MetricPoint, SpanRecord } from './telemetry.js';

type Hr = readonly [number, number];

export interface ExportedSpan {
  readonly name: string;
  readonly kind: number;
  readonly startTime: Hr;
  readonly endTime: Hr;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message?: string };
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly links: readonly { readonly context: { readonly spanId: string } }[];
  spanContext(): { readonly spanId: string };
}

export interface ExportedMetrics {
  readonly scopeMetrics: readonly {
    readonly metrics: readonly {
      readonly descriptor: { readonly name: string; readonly unit: string };
      readonly dataPoints: readonly {
        readonly attributes: Readonly<Record<string, unknown>>;
        readonly value: unknown;
      }[];
    }[];
  }[];
}

const KINDS = new Map([
  [0, 'INTERNAL'],
  [2, 'CLIENT'],
] as const);
const STATUSES = ['UNSET', 'OK', 'ERROR'] as const;

/** What an in-memory exporter of either generation holds. */
export function spanRecords(spans: readonly ExportedSpan[]): SpanRecord[] {
  return spans
    .map((span) => ({
      name: span.name,
      kind: KINDS.get(span.kind as 0) ?? (`kind ${span.kind}` as 'CLIENT'),
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
      status: STATUSES[span.status.code] ?? 'ERROR',
      statusMessage: span.status.message,
      startMs: milliseconds(span.startTime),
      endMs: milliseconds(span.endTime),
      attributes: span.attributes,
      links: span.links.map(({ context }) => context.spanId),
    }))
    .toSorted((a, b) => a.startMs - b.startMs || b.endMs - a.endMs);
}

export function metricPoints(resources: readonly ExportedMetrics[]): MetricPoint[] {
  // The exporter keeps every flush; the last one holds the sums.
  return (resources.at(-1)?.scopeMetrics ?? []).flatMap(({ metrics }) =>
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        attributes,
        ...figures(value),
      })),
    ),
  );
}

function figures(value: unknown): Pick<MetricPoint, 'boundaries' | 'count' | 'sum'> {
  if (typeof value === 'number') return { boundaries: undefined, count: undefined, sum: value };
  const histogram = value as {
    readonly buckets: { readonly boundaries: readonly number[] };
    readonly count: number;
    readonly sum: number;
  };
  const { buckets, count, sum } = histogram;
  return { boundaries: buckets.boundaries, count, sum };
}

function milliseconds([seconds, nanos]: Hr): number {
  return seconds * 1000 + nanos / 1e6;
}
