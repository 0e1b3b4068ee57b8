import {
  attemptBudget,
  cacheResult,
  callIdOf,
  costStateOf,
  formatModel,
  InferwayError,
  type AnyReply,
  type Attempt,
  type Call,
  type ChainEvent,
  type Clock,
  type Next,
  observe,
  type Outcome,
} from '@inferway/core';
import type { AttemptRun, CallRun, Ending, RunError, TargetRun } from './call-run.js';
import type { CallSink } from './call-sink.js';
import { noteEvents, noteResult } from './reply-facts.js';
import { register } from './running-calls.js';
import type { Tracking } from './tracking.js';

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
  /** Make the sinks of calls on behalf of this one. */
  readonly forks: Tracking['forked'][] = [];
  readonly #clock: Clock;
  readonly #sinks: CallSink[] = [];
  readonly #report: (reason: unknown) => void;
  readonly #open = new Map<string, TargetRun>();
  readonly #unregister: () => void;
  #delivering: TargetRun | undefined;
  #resumed = false;
  #firstBefore: number | undefined;

  constructor(call: Call, report: (reason: unknown) => void) {
    this.#clock = call.state.runtime.clock;
    this.#report = report;
    this.run = {
      operation: call.operation,
      alias: formatModel(call.model),
      startMs: this.#clock.now(),
      targets: [],
    };
    this.#unregister = register(callIdOf(call.state), this.run);
  }

  get ended(): boolean {
    return this.run.ending !== undefined;
  }

  add(sink: CallSink): void {
    this.#sinks.push(sink);
  }

  /** The layer around an attempt. */
  async attempt(call: Call, made: Attempt, next: Next): Promise<AnyReply> {
    const { number, credential } = made;
    // Other callers may wait for what this one began and left: it is no longer of this call, and counted all the same.
    if (this.ended) return this.#count(call, made, next);
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
          end: (outcome) => this.#attemptEnded(attempt, target, outcome, made),
        });
      } else {
        noteResult(target, reply.result);
        this.#tell((sink) => sink.result?.(target, reply.result));
        this.#attemptEnded(attempt, target, { status: 'complete', usage: reply.usage }, made);
      }
      return reply;
    } catch (reason) {
      const error = InferwayError.from(reason);
      const status = error.code === 'aborted' ? 'cancelled' : 'failed';
      target.servedBy = error.servedBy;
      this.#attemptEnded(attempt, target, { status, usage: error.usage, error }, made);
      throw reason;
    }
  }

  /** What a layer told of the call. */
  event(event: ChainEvent, call: Call): void {
    if (event.type === 'resume') {
      this.#resumed = true;
      this.#delivering = undefined;
      // Told once it goes on: of the target that it broke at, the reader has the first chunk already.
      const target = this.#open.get(event.target);
      if (target !== undefined && this.#firstBefore !== undefined) {
        target.firstChunkMs = this.#firstBefore;
      }
    }
    const target = formatModel(call.model);
    this.#tell((sink) => sink.event?.(event, this.run, target));
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
    this.#unregister();
  }

  /** For a call that failed before it reached a provider: the target that it named, so that the failure is seen. */
  blame(call: Call): void {
    if (!this.ended && this.run.targets.length === 0) this.#targetOf(call, this.run.startMs);
  }

  #targetOf(call: Call, startMs = this.#clock.now()): TargetRun {
    const { model, operation, stream, request } = call;
    const key = formatModel(model);
    const known = this.#open.get(key);
    if (known !== undefined) {
      if (!this.#resumed) this.#firstBefore = known.firstChunkMs;
      return restarted(known);
    }
    // One target after the other, but for hedges: a target with a running attempt stays open beside the new one.
    for (const [name, target] of this.#open) {
      if (target.attempts.some((attempt) => attempt.ending === undefined)) continue;
      this.#open.delete(name);
      this.#endTarget(target, target.attempts.at(-1)?.endMs);
    }
    const { targets } = this.run;
    if (targets.length === 0) {
      this.run.cache = call.state.get(cacheResult);
      this.run.fallsBack = isFirstOfSeveral(call);
    }
    this.#firstBefore = undefined;
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

  async #count(call: Call, made: Attempt, next: Next): Promise<AnyReply> {
    try {
      const reply: AnyReply = await next(call);
      return observe(reply, { end: (outcome) => this.#over(made, outcome) });
    } catch (reason) {
      const error = InferwayError.from(reason);
      this.#over(made, { status: error.code === 'aborted' ? 'cancelled' : 'failed', error });
      throw reason;
    }
  }

  #over(made: Attempt, { status, error }: Outcome): void {
    const { provider, model, cost } = made;
    const end = { provider, model, status, error: error?.code, cost, costState: costStateOf(made) };
    this.#tell((sink) => sink.attemptOver?.(end));
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

  #attemptEnded(attempt: AttemptRun, target: TargetRun, outcome: Outcome, made: Attempt): void {
    this.#over(made, outcome);
    // Told with the call's own end already: a copy that lost to another one, or work that others went on waiting for.
    if (attempt.ending !== undefined) return;
    const { error, status, usage } = outcome;
    attempt.ending = status;
    attempt.endMs = this.#clock.now();
    attempt.usage = usage;
    if (made.cost !== undefined) attempt.cost = made.cost;
    if (made.billed !== undefined) attempt.billed = made.billed;
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
      // Of a call that went well, what still runs is a copy that lost.
      attempt.ending = ending === 'complete' ? 'cancelled' : ending;
      attempt.endMs = this.#clock.now();
      if (error !== undefined) attempt.error = error;
      this.#tell((sink) => sink.attemptEnded?.(attempt, target));
    }
    if (target.ending !== 'failed' || ending === 'cancelled') {
      target.ending = ending;
      if (ending === 'failed' && error !== undefined) target.error = error;
    }
    // Of a stream that went on elsewhere, the reply's usage is that of several targets.
    const isWhole = !this.#resumed || this.run.targets.length === 1;
    target.usage = (isWhole ? outcome?.usage : undefined) ?? target.usage;
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

/** A fallback keeps attempts back for the targets that it has not tried, and a hedge claims one for its first copy, too. */
function isFirstOfSeveral({ state, claim }: Call): boolean {
  const { reserved, made } = attemptBudget(state);
  return reserved > 0 || (claim !== undefined && made.length <= 1);
}
