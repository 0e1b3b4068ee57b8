import type { AnyReply, Call, Fold, Runtime } from '@inferway/core';
import type { Attributes, Context, HrTime, Span, Tracer } from '@opentelemetry/api';
import { attemptHead, attemptTail } from './attempt-attributes.js';
import { contentAttributes } from './call-content.js';
import type { AttemptRun, CallRun, Ending, RunError, TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import { epochTimes } from './hr-time.js';
import type { OtelApi } from './otel-api.js';
import { pipelineTail } from './pipeline-attributes.js';
import { requestAttributes } from './request-attributes.js';
import * as names from './semconv.js';
import type { SpanSettings } from './span-settings.js';
import { costAliases, targetHead, targetTail } from './target-attributes.js';

/** What all calls of one `trace()` share. */
export interface SpanTools {
  readonly api: OtelApi;
  readonly tracer: Tracer;
  readonly settings: SpanSettings;
  readonly report: (reason: unknown) => void;
}

interface OpenSpan {
  readonly span: Span | undefined;
  readonly context: Context;
}

/**
 * Makes the spans of one call. Contexts are passed explicitly: a stream's later life runs in the context of its reader, not of the call.
 * Of the call itself nothing is kept (see `CallTracker`).
 */
export class SpanSink implements CallSink {
  readonly #tools: SpanTools;
  readonly #time: (ms: number) => HrTime;
  readonly #runtime: Runtime;
  readonly #outer: Context;
  readonly #extra: Attributes | undefined;
  readonly #open = new Map<TargetRun | AttemptRun, OpenSpan>();
  #pipeline: OpenSpan | undefined;
  // The answer of the running attempt, gathered only where content is captured.
  #fold: Fold<never, unknown> | undefined;
  #result: unknown;

  constructor(tools: SpanTools, { state }: Call, extra: Attributes | undefined) {
    this.#tools = tools;
    this.#runtime = state.runtime;
    this.#time = epochTimes(state.runtime.clock);
    this.#outer = tools.api.context.active();
    this.#extra = extra;
  }

  /** Runs the call, below its pipeline span where one is wanted in any case. */
  around<T>(work: () => T): T {
    if (this.#tools.settings.pipeline !== true) return work();
    const { context } = this.#startPipeline(this.#runtime.clock.now());
    return this.#tools.api.context.with(context, work);
  }

  targetStarted(target: TargetRun, call: CallRun): void {
    const { api, tracer, settings } = this.#tools;
    const inPlay = call.fallsBack === true || call.cache !== undefined;
    if (settings.pipeline === 'auto' && inPlay && this.#pipeline === undefined) {
      this.#startPipeline(call.startMs);
    }
    const parent = this.#pipeline?.context ?? this.#outer;
    const attributes = targetHead(target, settings.servers);
    const name = `${names.operationName(target.operation)} ${target.model}`;
    const startTime = this.#time(target.startMs);
    const span = tracer.startSpan(
      name,
      { kind: api.SpanKind.CLIENT, startTime, attributes },
      parent,
    );
    target.context = api.trace.setSpan(parent, span);
    this.#open.set(target, { span, context: target.context });
    if (!span.isRecording()) return;
    span.setAttributes(requestAttributes(target, settings.profile));
    if (this.#extra !== undefined) span.setAttributes(this.#extra);
  }

  attemptStarted(attempt: AttemptRun, target: TargetRun): void {
    const { api, tracer, settings } = this.#tools;
    const above = this.#open.get(target);
    const parent = above?.context ?? this.#outer;
    if (settings.captureContent && above?.span?.isRecording() === true) {
      this.#result = undefined;
      this.#fold = target.stream
        ? (this.#runtime.traits(target.operation)?.fold?.() as Fold<never, unknown> | undefined)
        : undefined;
    }
    if (!settings.attempts) {
      this.#open.set(attempt, { span: undefined, context: parent });
      return;
    }
    const span = tracer.startSpan(
      names.ATTEMPT_SPAN,
      {
        kind: api.SpanKind.INTERNAL,
        startTime: this.#time(attempt.startMs),
        attributes: attemptHead(attempt),
      },
      parent,
    );
    this.#open.set(attempt, { span, context: api.trace.setSpan(parent, span) });
  }

  enter(attempt: AttemptRun, issue: () => Promise<AnyReply>): Promise<AnyReply> {
    const open = this.#open.get(attempt);
    return open === undefined ? issue() : this.#tools.api.context.with(open.context, issue);
  }

  chunk(_target: TargetRun, _gapMs: number | undefined, events: readonly unknown[]): void {
    if (this.#fold !== undefined) for (const event of events) this.#fold.add(event as never);
  }

  result(_target: TargetRun, result: unknown): void {
    if (this.#tools.settings.captureContent) this.#result = result;
  }

  attemptEnded(attempt: AttemptRun): void {
    const span = this.#close(attempt);
    if (span?.isRecording() === true) span.setAttributes(attemptTail(attempt));
    this.#end(span, attempt);
  }

  targetEnded(target: TargetRun): void {
    const { settings } = this.#tools;
    const span = this.#close(target);
    if (span?.isRecording() === true) {
      span.setAttributes(targetTail(target, settings.profile));
      if (settings.costAliases) span.setAttributes(costAliases(target));
      if (settings.captureContent) this.#writeContent(span, target);
    }
    this.#end(span, target);
  }

  callEnded(call: CallRun): void {
    if (call.cache === 'hit' && this.#tools.settings.pipeline === 'auto') {
      this.#pipeline ??= this.#startPipeline(call.startMs);
    }
    const span = this.#pipeline?.span;
    if (span?.isRecording() === true) span.setAttributes(pipelineTail(call));
    this.#end(span, call);
  }

  #writeContent(span: Span, target: TargetRun): void {
    try {
      const result = this.#fold?.result() ?? this.#result;
      span.setAttributes(contentAttributes(target, result, this.#tools.settings.redact));
    } catch (reason) {
      this.#tools.report(reason);
    }
  }

  #startPipeline(startMs: number): OpenSpan {
    const { api, tracer } = this.#tools;
    const startTime = this.#time(startMs);
    const options = { kind: api.SpanKind.INTERNAL, startTime };
    const span = tracer.startSpan(names.PIPELINE_SPAN, options, this.#outer);
    this.#pipeline = { span, context: api.trace.setSpan(this.#outer, span) };
    return this.#pipeline;
  }

  #close(run: TargetRun | AttemptRun): Span | undefined {
    const open = this.#open.get(run);
    this.#open.delete(run);
    return open?.span;
  }

  // Success leaves the status unset; so does a caller who left.
  #end(span: Span | undefined, run: { ending?: Ending; error?: RunError; endMs?: number }): void {
    if (span === undefined) return;
    if (run.ending === 'failed') {
      const code = this.#tools.api.SpanStatusCode.ERROR;
      span.setStatus(run.error === undefined ? { code } : { code, message: run.error.message });
    }
    span.end(run.endMs === undefined ? undefined : this.#time(run.endMs));
  }
}
