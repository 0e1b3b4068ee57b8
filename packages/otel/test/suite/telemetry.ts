/** A span as both SDK generations export it, in one form. */
export interface SpanRecord {
  readonly name: string;
  readonly kind: 'INTERNAL' | 'CLIENT';
  readonly id: string;
  readonly parent: string | undefined;
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly statusMessage: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ids of the spans that it points to. */
  readonly links: readonly string[];
}

/** One exported point of one instrument. */
export interface MetricPoint {
  readonly name: string;
  readonly unit: string;
  readonly boundaries: readonly number[] | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly count: number | undefined;
  readonly sum: number;
}

/** An SDK registered with the API, which keeps what it is given. */
export interface Telemetry {
  /** Ended spans, in the order of their start. */
  spans(): readonly SpanRecord[];
  /** How many spans were begun. */
  started(): number;
  points(): Promise<readonly MetricPoint[]>;
  /** Runs work inside an active span, as a server's HTTP instrumentation does. */
  inside<T>(name: string, work: () => T): T;
  /** Makes and ends a span where the code stands, as an HTTP client's instrumentation does. */
  mark(name: string): void;
  /** Registers a fresh SDK in place of this one. */
  replace(): void;
  close(): Promise<void>;
}

/** The spans as an indented tree: `chat gpt CLIENT ERROR`. */
export function tree(spans: readonly SpanRecord[]): string[] {
  const ids = new Set(spans.map(({ id }) => id));
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter((span) =>
        parent === undefined
          ? span.parent === undefined || !ids.has(span.parent)
          : span.parent === parent,
      )
      .flatMap((span) => [
        `${'  '.repeat(depth)}${span.name} ${span.kind}${span.status === 'UNSET' ? '' : ` ${span.status}`}`,
        ...below(span.id, depth + 1),
      ]);
  return below(undefined, 0);
}

/** The one span of a name. */
export function only(spans: readonly SpanRecord[], name: string): SpanRecord {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (found === undefined || others.length > 0) {
    throw new Error(`${others.length + (found === undefined ? 0 : 1)} spans "${name}"`);
  }
  return found;
}
