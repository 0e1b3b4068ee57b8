import type { AttemptObserver } from '../../attempt-observer.js';
import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import type { NanoUsd } from '../../money.js';
import { listenTo, unlisten, type AbortListener } from '../../signal.js';
import type { Lease } from '../../stores/lease-keeper.js';
import type { QuotaHold, QuotaLimit } from '../../stores/quota-store.js';
import type { Counter } from './budget-rule.js';

/** What an attempt asks of its budgets. */
export interface Asked {
  readonly call: Call;
  readonly attempt: Attempt;
  readonly counters: readonly Counter[];
  /** One for each counter, then what alerts watch. */
  readonly limits: readonly QuotaLimit[];
  readonly amount: NanoUsd;
}

/** Who counts what a hold cost. */
export interface HoldOwner {
  readonly leaseMs: number;
  settle(hold: BudgetHold): void;
}

/** Money that is held for one attempt, until that is over. */
export class BudgetHold implements AttemptObserver, AbortListener {
  readonly asked: Asked;
  /** By hand from a store in this process, else under a name and a lease that is renewed. */
  readonly given: QuotaHold | Lease;
  readonly #owner: HoldOwner;
  #timer: unknown;

  constructor(owner: HoldOwner, asked: Asked, given: QuotaHold | Lease) {
    this.#owner = owner;
    this.asked = asked;
    this.given = given;
    // A lease is renewed no more once the call was aborted. What has none lapses as late as that: an attempt may never end.
    if (given.granted !== true) return;
    const { signal } = asked.call;
    if (signal.aborted) this.handleEvent();
    else listenTo(signal, this);
  }

  over(): void {
    const { signal, state } = this.asked.call;
    unlisten(signal, this);
    if (this.#timer !== undefined) state.runtime.clock.clearTimer(this.#timer);
    this.#owner.settle(this);
  }

  /** The call was aborted. */
  handleEvent(): void {
    const { given, asked } = this;
    if (given.granted !== true) return;
    const { clock } = asked.call.state.runtime;
    this.#timer = clock.setTimer(() => given.lapse(), this.#owner.leaseMs);
  }
}
