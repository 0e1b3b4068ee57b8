import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import type { Observer, Outcome } from '../../outcome.js';
import { isContentByDefault } from '../../traits.js';
import { askedWaitMs } from '../retry-delay.js';
import type { Breaker, Ticket } from './breaker.js';
import type { BreakerKeeper } from './breaker-keeper.js';

/**
 * Judges one attempt for its breaker. A unary call is a success when it is answered; a stream when its first content is there (a long answer must not
 * lag behind the failures of its time), which turns into a failure if it breaks later.
 */
export class JudgedCall implements Observer {
  readonly #keeper: BreakerKeeper;
  readonly #breaker: Breaker;
  readonly #ticket: Ticket;
  readonly #call: Call;
  /** Waited for the provider so far; the time that a reader takes is not counted. */
  #waitedMs = 0;
  #since: number;
  #waits = true;
  #begun = false;
  #over = false;

  constructor(keeper: BreakerKeeper, breaker: Breaker, ticket: Ticket, call: Call, now: number) {
    this.#keeper = keeper;
    this.#breaker = breaker;
    this.#ticket = ticket;
    this.#call = call;
    this.#since = now;
  }

  succeeded(): void {
    if (this.#breaker.state === 'closed') {
      this.#breaker.succeeded(this.#ticket, this.#now());
      return;
    }
    this.#keeper.change(this.#breaker, this.#call, (now) =>
      this.#breaker.succeeded(this.#ticket, now),
    );
  }

  failed(error: InferwayError): void {
    if (this.#call.signal.aborted || !this.#keeper.counts(error, this.#call)) this.#release();
    else this.#speakAgainst(error.code, askedWaitMs(error));
  }

  /** The provider accepted: from now on it is waited for when the reader does. */
  accepted(): void {
    this.#pause();
  }

  waiting(): void {
    if (this.#begun) return;
    this.#waits = true;
    this.#since = this.#now();
  }

  batch(events: readonly unknown[]): void {
    if (this.#begun) return;
    this.#pause();
    const { state, operation } = this.#call;
    const isContent = state.runtime.traits(operation)?.isContent ?? isContentByDefault;
    if (!(events as readonly never[]).some(isContent)) return;
    this.#begun = true;
    if (this.#waitedMs > this.#keeper.slowFirstMs) this.#speakAgainst('slow');
    else this.succeeded();
  }

  end({ status, error }: Outcome): void {
    if (error !== undefined) this.failed(error);
    else if (status !== 'complete') this.#release();
    else if (!this.#begun) this.succeeded();
  }

  #speakAgainst(reason: string, askedMs?: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#keeper.change(this.#breaker, this.#call, (now) =>
      this.#breaker.failed(this.#ticket, now, reason, askedMs),
    );
  }

  #release(): void {
    this.#keeper.release(this.#breaker, this.#ticket);
  }

  #pause(): void {
    if (this.#waits) this.#waitedMs += this.#now() - this.#since;
    this.#waits = false;
  }

  #now(): number {
    return this.#call.state.runtime.clock.now();
  }
}
