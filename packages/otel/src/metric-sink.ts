import type { Attributes, Context } from '@opentelemetry/api';
import type { TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import type { MetricLabels } from './metric-labels.js';
import type { OtelApi } from './otel-api.js';
import type { MetricWriter } from './metric-writer.js';

/** What all calls of one `metrics()` share. */
export interface MetricTools {
  readonly api: OtelApi;
  readonly labels: MetricLabels;
  readonly writer: () => MetricWriter;
  readonly report: (reason: unknown) => void;
}

/** Records one call. The context is the target's span where traces are made, else the caller's: streams end in their reader's. */
export class MetricSink implements CallSink {
  readonly #tools: MetricTools;
  readonly #outer: Context;
  #gapsOf: TargetRun | undefined;
  #gapLabels: Attributes | undefined;

  constructor(tools: MetricTools) {
    this.#tools = tools;
    this.#outer = tools.api.context.active();
  }

  chunk(target: TargetRun, gapMs: number | undefined): void {
    if (gapMs === undefined) return;
    if (this.#gapLabels === undefined || this.#gapsOf !== target) {
      this.#gapsOf = target;
      this.#gapLabels = this.#tools.labels.base(target);
    }
    const context = target.context ?? this.#outer;
    this.#tools.writer().gap(target, gapMs / 1000, this.#gapLabels, context);
  }

  targetEnded(target: TargetRun): void {
    // When the collector found a forgotten stream says nothing of how long it took.
    if (target.ending === 'abandoned') return;
    this.#tools
      .writer()
      .ended(target, this.#tools.labels.of(target), target.context ?? this.#outer);
  }
}
