import {
  formatModel,
  type AnyReply,
  type Call,
  type ChainEvent,
  type Fold,
  type Runtime,
} from '@inferway/core';
import type { Attributes, Context, HrTime, Link, Span, Tracer } from '@opentelemetry/api';
import { attemptHead, attemptTail } from './attempt-attributes.js';
import { contentAttributes } from './call-content.js';
import { CallFacts } from './call-facts.js';
import type { AttemptRun, CallRun, Ending, RunError, TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import { noteFact } from './event-facts.js';
import { epochTimes } from './hr-time.js';
import type { OtelApi } from './otel-api.js';
import { HEDGE_COPY } from './own-names.js';
import { pipelineTail } from './pipeline-attributes.js';
import { requestAttributes } from './request-attributes.js';
import { runningCall } from './running-calls.js';
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
  readonly #links: Link[] = [];
  readonly #facts = new CallFacts();
  readonly #extra: Attributes | undefined;
  readonly #open = new Map<TargetRun | AttemptRun, OpenSpan>();
  #pipeline: OpenSpan | undefined;
  // The answer of the running attempt, gathered only where content is captured.
  #fold: Fold<never, unknown> | undefined;
  #result: unknown;

  /** @param served The call on whose behalf this one is made: it is not below it, which is over by then, and points to it. */
  constructor(tools: SpanTools, { state }: Call, extra: Attributes | undefined, served?: CallRun) {
    this.#tools = tools;
    this.#runtime = state.runtime;
    this.#time = epochTimes(state.runtime.clock);
    const active = tools.api.context.active();
    this.#outer = served === undefined ? active : tools.api.trace.deleteSpan(active);
    this.#link(served?.context);
    this.#extra = extra;
  }

  /** Runs the call, below its pipeline span where one is wanted in any case. */
  around<T>(work: () => T): T {
    if (this.#tools.settings.pipeline !== true) return work();
    const { context } = this.#startPipeline(this.#runtime.clock.now());
    return this.#tools.api.context.with(context, work);
  }

  event(event: ChainEvent, call: CallRun, target: string): void {
    if (call.ending !== undefined) return;
    noteFact(event, this.#facts, target);
    if (event.type === 'coalesced') this.#link(runningCall(event.leader)?.context);
    if (call.targets.length === 0) this.#pipelineWhere(!this.#facts.call.isEmpty, call);
  }

  targetStarted(target: TargetRun, call: CallRun): void {
    const { api, tracer, settings } = this.#tools;
    this.#pipelineWhere(call.fallsBack === true || call.cache !== undefined, call);
    const parent = this.#pipeline?.context ?? this.#outer;
    const first = call.targets.find(({ attempts }) => isRunning(attempts));
    const attributes = targetHead(target, settings.servers);
    const name = `${names.operationName(target.operation)} ${target.model}`;
    const startTime = this.#time(target.startMs);
    const links = [...this.#rootLinks(), ...this.#linksTo(first?.context)];
    const span = tracer.startSpan(
      name,
      { kind: api.SpanKind.CLIENT, startTime, attributes, links },
      parent,
    );
    target.context = api.trace.setSpan(parent, span);
    call.context ??= this.#pipeline?.context ?? target.context;
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
    const next = this.#facts.takeNext(nameOf(target));
    const other = target.attempts.find((one) => one !== attempt && one.ending === undefined);
    const beside = next?.values[HEDGE_COPY] !== undefined && other !== undefined;
    const span = tracer.startSpan(
      names.ATTEMPT_SPAN,
      {
        kind: api.SpanKind.INTERNAL,
        startTime: this.#time(attempt.startMs),
        attributes: { ...attemptHead(attempt), ...next?.values },
        links: beside ? this.#linksTo(this.#open.get(other)?.context) : [],
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
    const facts = this.#facts.takeAttempt(attempt.number);
    if (span?.isRecording() === true) {
      span.setAttributes({ ...attemptTail(attempt), ...facts?.values });
    }
    this.#end(span, attempt);
  }

  targetEnded(target: TargetRun, call: CallRun): void {
    const { settings } = this.#tools;
    const span = this.#close(target);
    const facts = this.#facts.takeTarget(nameOf(target));
    if (span?.isRecording() === true) {
      span.setAttributes(targetTail(target, settings.profile));
      if (settings.costAliases) span.setAttributes(costAliases(target));
      if (facts !== undefined) span.setAttributes(facts.values);
      // Without a span of the call, what is known of the call stands on that of its last target.
      if (this.#pipeline === undefined && target === call.targets.at(-1)) {
        span.setAttributes(this.#facts.call.values);
      }
      if (settings.captureContent) this.#writeContent(span, target);
    }
    this.#end(span, target);
  }

  callEnded(call: CallRun): void {
    if (call.cache === 'hit') this.#pipelineWhere(true, call);
    const span = this.#pipeline?.span;
    if (span?.isRecording() === true) {
      span.setAttributes({ ...pipelineTail(call), ...this.#facts.call.values });
    }
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

  #pipelineWhere(wanted: boolean, call: CallRun): void {
    if (!wanted || this.#pipeline !== undefined || this.#tools.settings.pipeline !== 'auto') return;
    call.context = this.#startPipeline(call.startMs).context;
  }

  #linksTo(context: Context | undefined): Link[] {
    const other = context && this.#tools.api.trace.getSpanContext(context);
    return other === undefined ? [] : [{ context: other }];
  }

  #startPipeline(startMs: number): OpenSpan {
    const { api, tracer } = this.#tools;
    const startTime = this.#time(startMs);
    const options = { kind: api.SpanKind.INTERNAL, startTime, links: this.#rootLinks() };
    const span = tracer.startSpan(names.PIPELINE_SPAN, options, this.#outer);
    this.#pipeline = { span, context: api.trace.setSpan(this.#outer, span) };
    return this.#pipeline;
  }

  #link(context: Context | undefined): void {
    const links = this.#linksTo(context);
    if (this.#pipeline === undefined) this.#links.push(...links);
    else for (const link of links) this.#pipeline.span?.addLink(link);
  }

  // The call's first span has them, whichever that is.
  #rootLinks(): Link[] {
    return this.#links.splice(0);
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

function nameOf({ provider, model }: TargetRun): string {
  return formatModel({ provider, id: model });
}

function isRunning(attempts: readonly AttemptRun[]): boolean {
  return attempts.some(({ ending }) => ending === undefined);
}
