import type { Attributes, Context } from '@opentelemetry/api';
import type { ChainEvent } from '@inferway/core';
import type { AttemptEnd, AttemptRun, CallRun, TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import type { EventLabels } from './event-labels.js';
import { countEvent, type EventRecorder } from './event-metrics.js';
import type { MetricLabels } from './metric-labels.js';
import type { OtelApi } from './otel-api.js';
import { COST_SOURCE, COST_STATE, OUTCOME } from './metric-label-names.js';
import type { MetricWriter } from './metric-writer.js';
import type { OwnCounter } from './own-instruments.js';
import type { OwnMetrics } from './own-metrics.js';
import { ERROR_TYPE } from './semconv.js';

/** What all calls of one `metrics()` share. */
export interface MetricTools {
  readonly api: OtelApi;
  readonly labels: MetricLabels;
  readonly eventLabels: EventLabels;
  readonly writer: () => MetricWriter;
  readonly own: () => OwnMetrics;
  readonly report: (reason: unknown) => void;
}

/** Records one call. The context is the target's span where traces are made, else the caller's: streams end in their reader's. */
export class MetricSink implements CallSink, EventRecorder {
  readonly #tools: MetricTools;
  readonly #outer: Context;
  #context: Context;
  #gapsOf: TargetRun | undefined;
  #gapLabels: Attributes | undefined;

  constructor(tools: MetricTools) {
    this.#tools = tools;
    this.#outer = tools.api.context.active();
    this.#context = this.#outer;
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

  attemptStarted(_attempt: AttemptRun, target: TargetRun): void {
    this.#context = target.context ?? this.#outer;
  }

  event(event: ChainEvent, call: CallRun, target: string): void {
    this.#context = call.context ?? this.#outer;
    countEvent(event, this, this.#tools.eventLabels, target);
  }

  attemptOver({ provider, model, status, error, cost, costState }: AttemptEnd): void {
    const target = this.#tools.labels.model(provider, model, error !== 'not_found');
    const failed = error === undefined ? {} : { [ERROR_TYPE]: error };
    this.add('inferway.attempts', { ...target, [OUTCOME]: status, ...failed });
    if (cost === undefined) return;
    if (!cost.known) this.add('inferway.cost.unknown', target);
    else if (cost.total > 0) {
      const labels = { ...target, [COST_SOURCE]: cost.source, [COST_STATE]: costState };
      this.add('inferway.cost', labels, cost.total / 1e9);
    }
  }

  add(name: OwnCounter, labels: Attributes, amount = 1): void {
    // A counter only grows; what is no amount would spoil the sum for good.
    if (!(amount >= 0 && Number.isFinite(amount))) return;
    this.#tools.own().add(name, amount, texts(labels), this.#context);
  }

  waited(seconds: number, labels: Attributes): void {
    if (!(seconds >= 0 && Number.isFinite(seconds))) return;
    this.#tools.own().waited(seconds, texts(labels), this.#context);
  }

  targetEnded(target: TargetRun): void {
    // When the collector found a forgotten stream says nothing of how long it took.
    if (target.ending === 'abandoned') return;
    this.#tools
      .writer()
      .ended(target, this.#tools.labels.of(target), target.context ?? this.#outer);
  }
}

function texts(labels: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(labels).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
}
