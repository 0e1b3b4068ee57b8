import { attemptBudget, type AttemptBudget } from './attempts.js';
import type { Call } from './call.js';
import { tell } from './chain-events.js';
import { hasTimeFor } from './deadline.js';
import { InferwayError } from './error.js';
import { formatModel, type Model } from './model.js';
import { panicTarget } from './panic.js';
import { primed } from './primed.js';
import type { AnyReply } from './reply.js';
import { abortReason } from './signal.js';
import './fallback-event.js';

/** How a list of targets is gone through. */
export interface Turns<T extends { readonly model: Model }> {
  /** Sends the call to a target; `call` names its model already. */
  readonly send: (call: Call, target: T) => Promise<AnyReply>;
  /** Whether `error`, with which `failed` ended, leads to `target`. */
  readonly leadsTo: (target: T, error: InferwayError, failed: T, call: Call) => boolean;
  /** Judges a unary answer while there are targets left: false goes on to the next one, and this answer is kept for the case that all those fail. */
  readonly accepts?:
    | ((reply: AnyReply, target: T, call: Call) => boolean | Promise<boolean>)
    | undefined;
}

/**
 * Goes through targets, the first one first, until one answers: up to the commit point (law 1), within the attempt budget and the deadline.
 * One attempt is kept back for each target that was not tried. When breakers refuse all of them, one is tried after all (`panicTarget`). When all
 * fail, the error of the first is thrown, with those of all in `failures`.
 */
export function inTurn<T extends { readonly model: Model }>(
  call: Call,
  targets: readonly [T, ...T[]],
  turns: Turns<T>,
): Promise<AnyReply> {
  return new Turn(call, targets, turns).take();
}

/** One call on its way through its targets. */
class Turn<T extends { readonly model: Model }> {
  readonly #call: Call;
  readonly #targets: readonly [T, ...T[]];
  readonly #turns: Turns<T>;
  readonly #budget: AttemptBudget;
  readonly #failures: InferwayError[] = [];
  /** Others may keep attempts back at the same time, further out or side by side: theirs are not ours to use, nor to give back. */
  #kept = 0;
  /** An answer that was not accepted, for the case that all others fail. */
  #refused: AnyReply | undefined;
  #current: T;
  #named: Call;
  /** Of the target that comes next. */
  #position = 1;

  constructor(call: Call, targets: readonly [T, ...T[]], turns: Turns<T>) {
    this.#call = call;
    this.#targets = targets;
    this.#turns = turns;
    this.#budget = attemptBudget(call.state);
    this.#current = targets[0];
    this.#named = call;
  }

  take(): Promise<AnyReply> {
    const { model } = this.#current;
    const call = this.#call;
    this.#keep(Math.max(0, this.#targets.length - this.#position));
    this.#named = call.model === model ? call : { ...call, model };
    return this.#send().then(this.#answered, this.#failed);
  }

  #send(): Promise<AnyReply> {
    try {
      return this.#turns.send(this.#named, this.#current);
    } catch (reason) {
      return Promise.reject(reason);
    }
  }

  readonly #answered = (reply: AnyReply): AnyReply | Promise<AnyReply> => {
    if (reply?.stream) return primed(reply, this.#named).then(this.#done, this.#failed);
    const { accepts } = this.#turns;
    if (accepts === undefined || this.#targets[this.#position] === undefined || !this.#isWithin()) {
      return this.#done(reply);
    }
    return this.#judged(reply, accepts);
  };

  async #judged(reply: AnyReply, accepts: NonNullable<Turns<T>['accepts']>): Promise<AnyReply> {
    try {
      if (await accepts(reply, this.#current, this.#named)) return this.#done(reply);
      if (this.#call.signal.aborted) throw abortReason(this.#call.signal);
    } catch (reason) {
      return this.#failed(reason);
    }
    if (!this.#isWithin()) return this.#done(reply);
    this.#refused = reply;
    this.#current = this.#targets[this.#position++] as T;
    return this.take();
  }

  readonly #failed = (reason: unknown): AnyReply | Promise<AnyReply> => {
    try {
      const next = this.#nextAfter(InferwayError.from(reason));
      if (next === undefined) return this.#done(this.#refused as AnyReply);
      this.#current = next;
    } catch (error) {
      this.#keep(0);
      throw error;
    }
    return this.take();
  };

  /** The target that the error leads to; undefined where an answer is kept for want of one. @throws what the call fails with. */
  #nextAfter(error: InferwayError): T | undefined {
    const call = this.#call;
    if (call.signal.aborted) throw abortReason(call.signal);
    const targets = this.#targets;
    const failed = this.#current;
    this.#failures.push(error);
    while (this.#position < targets.length) {
      if (this.#turns.leadsTo(targets[this.#position] as T, error, failed, this.#named)) break;
      this.#position++;
    }
    // A layer further out that has targets left goes there first.
    const next =
      targets[this.#position++] ??
      (this.#outside() === 0 ? panicTarget(call.state, targets, this.#failures) : undefined);
    if (next === undefined || !this.#isWithin()) {
      if (this.#refused !== undefined) return undefined;
      throw firstOf(this.#failures, error);
    }
    tell(call, {
      type: 'fallback',
      from: formatModel(failed.model),
      to: formatModel(next.model),
      reason: error.code,
    });
    return next;
  }

  readonly #done = (reply: AnyReply): AnyReply => {
    this.#keep(0);
    return reply;
  };

  #keep(attempts: number): void {
    this.#budget.reserved += attempts - this.#kept;
    this.#kept = attempts;
  }

  #outside(): number {
    return this.#budget.reserved - this.#kept - (this.#call.claim?.open === true ? 1 : 0);
  }

  #isWithin(): boolean {
    return (
      this.#budget.made.length + this.#outside() < this.#budget.limit &&
      hasTimeFor(this.#call.state)
    );
  }
}

function firstOf(failures: readonly InferwayError[], last: InferwayError): InferwayError {
  const first = failures[0] ?? last;
  if (failures.length > 1) first.failures = failures;
  return first;
}
