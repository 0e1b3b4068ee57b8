import { aroundAttempts, type AttemptLayer } from '../../attempt-layer.js';
import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import type { Cost } from '../../money.js';
import { observe } from '../../observe.js';
import type { Observer, Outcome } from '../../outcome.js';
import type { PriceBook } from '../../price.js';
import type { AnyReply, UnaryReply } from '../../reply.js';
import { stateKey } from '../../state.js';
import type { OperationTraits } from '../../traits.js';
import { billOf, completed, maybeBilled, NOTHING } from './bill.js';
import type { Charge } from './charge.js';
import { estimateOutput, outputLength, tokensOf } from './estimate.js';

export interface CostOptions {
  /** Without one, only what providers report themselves is known. */
  readonly prices?: PriceBook | undefined;
  /** Told once for each attempt that reached a provider, when it is over. */
  readonly onCharge?: ((charge: Charge) => void) | undefined;
}

/**
 * Puts a cost on each reply: what the provider says that it charges, else the price of the reported tokens. Missing counts are filled in by
 * an estimate, and the cost then says so; a missing price is `{ known: false }`, never 0 (law 9). Each attempt is charged once, at the
 * model that it used, whether it was retried, fell back or lost its reader; what a cache answers costs nothing.
 */
export function cost(options: CostOptions = {}): Middleware {
  const { prices, onCharge } = options;
  // Inside `retry` this middleware is met once an attempt, and must stand around each attempt once.
  const installed = stateKey<boolean>('cost is installed');

  const charge: AttemptLayer = async function charge(call, attempt, next) {
    const tell = (status: Charge['status'], bill: Cost, rest: Partial<Charge>): void =>
      onCharge?.({ call, attempt, status, cost: bill, ...rest });
    let reply: AnyReply;
    try {
      reply = await next(call);
    } catch (reason) {
      const error = InferwayError.from(reason);
      const status = error.code === 'aborted' ? 'cancelled' : 'failed';
      if (maybeBilled(error)) {
        const usage = completed(call, error.usage, () => 0);
        tell(status, billOf(prices, call, usage, undefined), { usage, error });
      } else {
        tell(status, NOTHING, { error });
      }
      throw error;
    }

    const { meta } = reply;
    const output = reply.stream ? new OutputCount(call) : undefined;
    const end = (outcome: Outcome): void => {
      const { status, error } = outcome;
      const usage = completed(call, outcome.usage, () =>
        output === undefined ? estimateOutput(call, (reply as UnaryReply).result) : output.tokens,
      );
      const bill = billOf(prices, call, usage, meta.servedBy);
      outcome.cost = bill;
      tell(status, bill, { usage, meta, error });
    };
    return observe(reply, output === undefined ? { end } : { batch: output.batch, end });
  };

  return function cost(call, next) {
    if (call.state.get(installed) !== true) {
      call.state.set(installed, true);
      aroundAttempts(call.state, charge);
    }
    return next(call);
  };
}

/** Counts the output of a stream as it passes, in case that it ends without a count of its own. */
class OutputCount implements Observer {
  readonly #traits: OperationTraits<never> | undefined;
  #characters = 0;

  constructor(call: Call) {
    this.#traits = call.state.runtime.traits(call.operation);
  }

  get tokens(): number {
    return tokensOf(this.#characters);
  }

  readonly batch = (events: readonly unknown[]): void => {
    for (const event of events) this.#characters += outputLength(this.#traits, event as never);
  };
}
