import { attemptObservers, type AttemptObserver } from './attempt-observer.js';
import type { Attempt, AttemptBudget } from './attempts.js';
import type { Call } from './call.js';
import { InferwayError } from './error.js';
import type { Observer, Outcome } from './outcome.js';
import type { AnyReply } from './reply.js';

/** How a provider answers a call. */
export type Operate = (call: Call) => Promise<AnyReply>;

/** One attempt while it runs: sends it, writes down how it went, and tells its observers. */
export class AttemptRun implements Observer {
  readonly attempt: Attempt;
  readonly #call: Call;
  readonly #budget: AttemptBudget;
  readonly #observers: AttemptObserver[] = [];
  /** What the provider gave, once it did. */
  reply: AnyReply | undefined;
  /** Layers stand around the attempt that do not know of its end yet: set by those who put them there. */
  isWrapped = false;

  constructor(call: Call, budget: AttemptBudget) {
    const { model, credential } = call;
    this.#call = call;
    this.#budget = budget;
    this.attempt = {
      number: budget.made.length + 1,
      provider: model.provider,
      model: model.id,
      credential: credential?.id,
      startedMs: this.#now(),
    };
    budget.began(this.attempt);
    call.claim?.release();
  }

  /** Sends it. Gives the reply as the chain gets it, or throws what it failed with. */
  async send(call: Call, operate: Operate): Promise<AnyReply> {
    let billed: Attempt['billed'] = 'no';
    try {
      for (const begin of attemptObservers(call.state)) {
        const begun = begin(call, this.attempt);
        const observer = begun instanceof Promise ? await begun : begun;
        if (observer !== undefined) this.#observers.push(observer);
      }
      billed = undefined;
      return this.#answered(await operate(call));
    } catch (reason) {
      // Nothing was sent: whoever holds money for it is to give that back.
      if (billed !== undefined) this.attempt.billed = billed;
      throw this.failed(reason);
    }
  }

  batch(events: readonly unknown[]): void {
    for (const observer of this.#observers) observer.batch?.(events);
  }

  /** It is over, for all but the layers around it. */
  end(outcome: Outcome, ms: number = this.#now()): void {
    const { error } = outcome;
    if (error !== undefined) {
      const { attempt } = this;
      error.provider ??= attempt.provider;
      error.model ??= attempt.model;
      attempt.error = error.code;
      this.#mark(error.status, ms);
    }
    try {
      this.#tell(outcome, ms);
    } finally {
      this.over(ms);
    }
  }

  /** The provider gave a reply: of a unary one, that is the end. */
  #answered(reply: AnyReply): AnyReply {
    this.reply = reply;
    const meta = { ...reply.meta, attempts: this.#budget.made };
    const ms = this.#now();
    this.#mark(meta.status, ms);
    if (reply.stream) {
      reply.events.observe(this);
      return { ...reply, meta };
    }
    const outcome: Outcome = { status: 'complete', usage: reply.usage, cost: reply.cost };
    this.end(outcome, ms);
    return { ...reply, cost: outcome.cost, meta };
  }

  /** It failed with `reason`, whoever threw that. Gives the error that it is. */
  failed(reason: unknown): InferwayError {
    const error = InferwayError.from(reason);
    const status = error.code === 'aborted' ? 'cancelled' : 'failed';
    try {
      this.end({ status, usage: error.usage, error });
    } catch {
      // Why the attempt failed says more.
    }
    return error;
  }

  /** Until here it took to be accepted, or to fail. */
  #mark(status: number | undefined, ms: number): void {
    const { attempt } = this;
    attempt.durationMs = ms - attempt.startedMs;
    if (status !== undefined) attempt.status = status;
  }

  /** The innermost first, each once. One that throws has failed the attempt for those further out. */
  #tell(outcome: Outcome, ms: number): void {
    let observer: AttemptObserver | undefined;
    try {
      while ((observer = this.#observers.pop()) !== undefined) {
        observer.over(outcome, this.reply, ms);
      }
    } catch (reason) {
      this.failed(reason);
      throw reason;
    }
  }

  /** Nobody has anything more to hear of it. */
  over(ms: number = this.#now()): void {
    if (!this.isWrapped) this.#budget.over(this.attempt, ms);
  }

  /** Milliseconds since the logical call began. */
  #now(): number {
    const { state } = this.#call;
    return state.runtime.clock.now() - state.startedAt;
  }
}
