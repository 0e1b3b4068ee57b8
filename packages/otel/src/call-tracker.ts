import {
  attemptBudget,
  cacheResult,
  formatModel,
  InferwayError,
  type AnyReply,
  type Attempt,
  type Call,
  type Clock,
  type Next,
  type Outcome,
} from '@inferway/core';
import type { AttemptRun, CallRun, Ending, RunError, TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import { noteEvents, noteResult } from './reply-facts.js';

/** How something ended, and with what. */
export interface End {
  readonly ending: Ending;
  readonly error?: RunError | undefined;
}

/**
 * Follows one logical call: groups its attempts by target and tells the sinks. Holds neither the call nor its reply, so that a stream that
 * nobody reads can be collected and its end be told (see `whenDropped`).
 */
export class CallTracker {
  readonly run: CallRun;
  readonly #clock: Clock;
  readonly #sinks: CallSink[] = [];
  readonly #report: (reason: unknown) => void;
  readonly #open = new Map<string, TargetRun>();
  #delivering: TargetRun | undefined;

  constructor(call: Call, report: (reason: unknown) => void) {
    this.#clock = call.state.runtime.clock;
    this.#report = report;
    this.run = {
      operation: call.operation,
      alias: formatModel(call.model),
      startMs: this.#clock.now(),
      targets: [],
    };
  }

  get ended(): boolean {
    return this.run.ending !== undefined;
  }

  add(sink: CallSink): void {
    this.#sinks.push(sink);
  }

  /** The layer around an attempt. */
  async attempt(call: Call, { number, credential }: Attempt, next: Next): Promise<AnyReply> {
    const target = this.#targetOf(call);
    const last = target.attempts.at(-1);
    const startMs = this.#clock.now();
    const delayMs = last?.endMs === undefined ? undefined : startMs - last.endMs;
    const attempt: AttemptRun = { number, credential, startMs, delayMs };
    target.attempts.push(attempt);
    this.#tell((sink) => sink.attemptStarted?.(attempt, target));
    try {
      const reply = await this.#issue(attempt, () => next(call) as Promise<AnyReply>);
      if (reply.meta.status !== undefined) attempt.status = reply.meta.status;
      target.servedBy = reply.meta.servedBy;
      if (reply.stream) {
        reply.events.observe({
          batch: (events) => this.#chunk(target, events),
          end: (outcome) => this.#attemptEnded(attempt, target, outcome),
        });
      } else {
        noteResult(target, reply.result);
        this.#tell((sink) => sink.result?.(target, reply.result));
        this.#attemptEnded(attempt, target, { status: 'complete', usage: reply.usage });
      }
      return reply;
    } catch (reason) {
      const error = InferwayError.from(reason);
      const status = error.code === 'aborted' ? 'cancelled' : 'failed';
      target.servedBy = error.servedBy;
      this.#attemptEnded(attempt, target, { status, usage: error.usage, error });
      throw reason;
    }
  }

  /** The reply as the caller gets it: what came of it beside the events. */
  noteReply({ meta }: AnyReply): void {
    this.run.cache = meta.cache ?? this.run.cache;
    this.#delivering = this.#open.get(formatModel({ provider: meta.provider, id: meta.model }));
  }

  /** Ends the call; only the first time counts. */
  finish({ ending, error }: End, outcome?: Outcome): void {
    if (this.ended) return;
    this.run.ending = ending;
    this.run.endMs = this.#clock.now();
    if (error !== undefined) this.run.error = error;
    this.run.cost = outcome?.cost;
    const delivering = this.#delivering ?? this.run.targets.at(-1);
    for (const target of this.#open.values()) {
      this.#settle(target, { ending, error }, target === delivering ? outcome : undefined);
    }
    this.#tell((sink) => sink.callEnded?.(this.run));
  }

  /** For a call that failed before it reached a provider: the target that it named, so that the failure is seen. */
  blame(call: Call): void {
    if (!this.ended && this.run.targets.length === 0) this.#targetOf(call, this.run.startMs);
  }

  #targetOf(call: Call, startMs = this.#clock.now()): TargetRun {
    const { model, operation, stream, request } = call;
    const key = formatModel(model);
    const known = this.#open.get(key);
    if (known !== undefined) return restarted(known);
    // One target after the other, but for hedges: a target with a running attempt stays open beside the new one.
    for (const [name, target] of this.#open) {
      if (target.attempts.some((attempt) => attempt.ending === undefined)) continue;
      this.#open.delete(name);
      this.#endTarget(target, target.attempts.at(-1)?.endMs);
    }
    const { targets } = this.run;
    if (targets.length === 0) {
      this.run.cache = call.state.get(cacheResult);
      // A fallback keeps attempts back for the targets that it has not tried.
      this.run.fallsBack = attemptBudget(call.state).reserved > 0;
    }
    const target: TargetRun = {
      operation,
      stream,
      provider: model.provider,
      model: model.id,
      index: targets.length,
      from: targets.at(-1)?.model,
      request,
      startMs,
      attempts: [],
      finishReasons: [],
    };
    targets.push(target);
    this.#open.set(key, target);
    this.#tell((sink) => sink.targetStarted?.(target, this.run));
    return target;
  }

  #issue(attempt: AttemptRun, issue: () => Promise<AnyReply>): Promise<AnyReply> {
    const around = this.#sinks.find((sink) => sink.enter !== undefined);
    return around?.enter === undefined ? issue() : around.enter(attempt, issue);
  }

  #chunk(target: TargetRun, events: readonly unknown[]): void {
    const now = this.#clock.now();
    const gapMs = target.lastChunkMs === undefined ? undefined : now - target.lastChunkMs;
    target.firstChunkMs ??= now;
    target.lastChunkMs = now;
    noteEvents(target, events);
    this.#tell((sink) => sink.chunk?.(target, gapMs, events));
  }

  #attemptEnded(attempt: AttemptRun, target: TargetRun, outcome: Outcome): void {
    const { error, status, usage } = outcome;
    attempt.ending = status;
    attempt.endMs = this.#clock.now();
    attempt.usage = usage;
    target.ending = status;
    target.usage = usage;
    if (error !== undefined) {
      attempt.error = error;
      if (error.status !== undefined) attempt.status = error.status;
      target.error = error;
    }
    this.#tell((sink) => sink.attemptEnded?.(attempt, target));
  }

  // At the end of the call: what the target's own attempts came to stands, unless the caller left or the last of them went well.
  #settle(target: TargetRun, { ending, error }: End, outcome: Outcome | undefined): void {
    for (const attempt of target.attempts) {
      if (attempt.ending !== undefined) continue;
      attempt.ending = ending;
      attempt.endMs = this.#clock.now();
      if (error !== undefined) attempt.error = error;
      this.#tell((sink) => sink.attemptEnded?.(attempt, target));
    }
    if (target.ending !== 'failed' || ending === 'cancelled') {
      target.ending = ending;
      if (ending === 'failed' && error !== undefined) target.error = error;
    }
    target.usage = outcome?.usage ?? target.usage;
    target.cost = outcome?.cost;
    this.#endTarget(target, this.#clock.now());
  }

  #endTarget(target: TargetRun, endMs = this.#clock.now()): void {
    target.endMs = endMs;
    if (target.ending !== 'failed') delete target.error;
    this.#tell((sink) => sink.targetEnded?.(target, this.run));
  }

  #tell(tell: (sink: CallSink) => void): void {
    for (const sink of this.#sinks) {
      try {
        tell(sink);
      } catch (reason) {
        this.#report(reason);
      }
    }
  }
}

/** A new attempt at the same target: what the last one began is not its answer. */
function restarted(target: TargetRun): TargetRun {
  delete target.firstChunkMs;
  delete target.lastChunkMs;
  delete target.ending;
  delete target.error;
  delete target.usage;
  delete target.responseId;
  delete target.responseModel;
  target.finishReasons = [];
  return target;
}
