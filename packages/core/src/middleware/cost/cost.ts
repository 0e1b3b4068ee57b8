import {
  observeAttempts,
  type AttemptObserver,
  type BeginAttempt,
} from '../../attempt-observer.js';
import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import type { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { FREE, type Cost } from '../../money.js';
import { checkFunction, checkPriceBook } from '../../option-checks.js';
import type { Usage } from '../../usage.js';
import type { Outcome } from '../../outcome.js';
import type { PriceBook } from '../../price.js';
import type { AnyReply } from '../../reply.js';
import { stateKey } from '../../state.js';
import { maybeBilled } from '../maybe-billed.js';
import { completedUsage } from '../../completed-usage.js';
import { billOf } from './bill.js';
import type { Charge } from './charge.js';
import { estimateOutput, outputLength, tokensOf } from '../../token-estimate.js';
import { setPriceBook } from '../../call-prices.js';
import { warn } from '../../warn.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A function of yours threw: who was told of a charge, or who gives prices, and the cost is then unknown. */
    readonly 'charge-failed': {
      /** Number of the attempt. */
      readonly attempt: number;
      readonly in: 'onCharge' | 'prices';
    };
  }
}

/** By which prices attempts are charged, and who hears of it. */
export interface CostOptions {
  /** Without one, only what providers report themselves is known. */
  readonly prices?: PriceBook | undefined;
  /** Told once for each attempt that reached a provider, when it is over. What it throws is reported, and fails no call. */
  readonly onCharge?: ((charge: Charge) => void) | undefined;
}

/**
 * Puts a cost on each reply: what the provider says that it charges, else the price of the reported tokens. Missing counts are filled in by
 * an estimate, and the cost then says so; a missing price is `{ known: false }`, never 0 (law 9). Each attempt is charged once, at the
 * model that it used, whether it was retried, fell back or lost its reader; what a cache answers costs nothing.
 */
export function cost(options: CostOptions = {}): Middleware {
  const { prices } = options;
  const onCharge = checkFunction('cost', 'onCharge', options.onCharge);
  checkPriceBook('cost', prices);
  // Inside `retry` this middleware is met once an attempt, and must stand around each attempt once.
  const installed = stateKey<boolean>('cost is installed');

  let isWarned = false;
  const failed: Failed = (call, { number }, place, reason) => {
    tell(call, { type: 'charge-failed', attempt: number, in: place });
    if (isWarned) return;
    isWarned = true;
    const what = reason instanceof Error ? reason.message : typeof reason;
    warn(`cost: ${place} threw, and the call went on (told once): ${what}`, 'CHARGE');
  };

  const charge: BeginAttempt = (call, attempt) =>
    new ChargedAttempt(call, attempt, prices, onCharge, failed);

  return function cost(call, next) {
    if (call.state.get(installed) !== true) {
      call.state.set(installed, true);
      setPriceBook(call.state, prices);
      observeAttempts(call.state, charge);
    }
    return next(call);
  };
}

/** Hears of what a user's function threw: an answer that was paid for is never lost by it. */
type Failed = (call: Call, attempt: Attempt, place: 'onCharge' | 'prices', reason: unknown) => void;

/** Charges one attempt at its end. Counts the output of a stream as it passes, in case that it ends without a count of its own. */
class ChargedAttempt implements AttemptObserver {
  readonly #call: Call;
  readonly #attempt: Attempt;
  readonly #prices: PriceBook | undefined;
  readonly #onCharge: CostOptions['onCharge'];
  readonly #failed: Failed;
  #characters = 0;

  constructor(
    call: Call,
    attempt: Attempt,
    prices: PriceBook | undefined,
    onCharge: CostOptions['onCharge'],
    failed: Failed,
  ) {
    this.#call = call;
    this.#attempt = attempt;
    this.#prices = prices;
    this.#onCharge = onCharge;
    this.#failed = failed;
  }

  batch(events: readonly unknown[]): void {
    const traits = this.#call.state.runtime.traits(this.#call.operation);
    for (const event of events) this.#characters += outputLength(traits, event as never);
  }

  over(outcome: Outcome, reply: AnyReply | undefined): void {
    if (reply !== undefined) this.#chargeReply(outcome, reply);
    else if (outcome.error !== undefined) this.#chargeFailure(outcome.status, outcome.error);
  }

  // A provider that had begun to answer may bill what it did, whoever ended it.
  #chargeReply(outcome: Outcome, reply: AnyReply): void {
    const call = this.#call;
    const { status, error } = outcome;
    const usage = completedUsage(call, outcome.usage, () =>
      reply.stream ? tokensOf(this.#characters) : estimateOutput(call, reply.result as never),
    );
    const { meta } = reply;
    const bill = this.#bill(usage, meta.servedBy);
    outcome.cost = bill;
    this.#charge(status, 'yes', bill, { usage, meta, error });
  }

  #chargeFailure(status: Outcome['status'], error: InferwayError): void {
    // Where it was refused before it was sent, that is known.
    if (this.#attempt.billed !== 'no' && maybeBilled(error)) {
      const usage = completedUsage(this.#call, error.usage, () => 0);
      const bill = this.#bill(usage, undefined);
      this.#charge(status, 'maybe', bill, { usage, error });
    } else {
      this.#charge(status, 'no', FREE, { error });
    }
  }

  #charge(
    status: Charge['status'],
    billed: 'yes' | 'maybe' | 'no',
    cost: Cost,
    rest: Partial<Charge>,
  ): void {
    const attempt = this.#attempt;
    attempt.cost = cost;
    attempt.billed = billed;
    if (rest.usage !== undefined) attempt.usage = rest.usage;
    const onCharge = this.#onCharge;
    if (onCharge === undefined) return;
    const call = this.#call;
    const failed = (reason: unknown): void => this.#failed(call, attempt, 'onCharge', reason);
    try {
      // It may be async all the same.
      const told: unknown = onCharge({ call, attempt, status, cost, ...rest });
      if (told instanceof Promise) told.catch(failed);
    } catch (reason) {
      failed(reason);
    }
  }

  #bill(usage: Usage | undefined, servedBy: string | undefined): Cost {
    try {
      return billOf(this.#prices, this.#call, usage, servedBy);
    } catch (reason) {
      this.#failed(this.#call, this.#attempt, 'prices', reason);
      return { known: false, reason: 'no-price' };
    }
  }
}
