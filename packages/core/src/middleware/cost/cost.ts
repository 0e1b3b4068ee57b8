import { attemptBudget, type Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { observe } from '../../observe.js';
import type { PriceBook } from '../../price.js';
import type { AnyReply, StreamReply, UnaryReply } from '../../reply.js';
import { stateKey } from '../../state.js';
import type { OperationTraits } from '../../traits.js';
import type { Usage } from '../../usage.js';
import { billOf, completed, maybeBilled, NOTHING } from './bill.js';
import type { Charge } from './charge.js';
import { estimateOutput, outputLength, tokensOf } from './estimate.js';

export interface CostOptions {
  /** Without one, only what providers report themselves is known. */
  readonly prices?: PriceBook | undefined;
  /** Told once for each attempt that reached a provider, when it is over. */
  readonly onCharge?: ((charge: Charge) => void) | undefined;
}

type Told = Omit<Charge, 'call' | 'attempt'>;

const CHARGED = stateKey<Set<Attempt>>('charged attempts');

/**
 * Puts a cost on each reply: what the provider says that it charges, else the price of the reported tokens. Missing counts are filled in by
 * an estimate, and the cost then says so; a missing price is `{ known: false }`, never 0 (law 9). Belongs inside `retry` and `cache`: each
 * attempt is charged once, at the model that it used, and a hit costs nothing.
 */
export function cost(options: CostOptions = {}): Middleware {
  const { prices, onCharge } = options;

  return async function cost(call, next) {
    const { made } = attemptBudget(call.state);
    const before = made.length;
    let reply: AnyReply;
    try {
      reply = await next(call);
    } catch (reason) {
      const error = InferwayError.from(reason);
      settle(call, before, refusal(call, error, prices));
      throw error;
    }
    const { servedBy } = reply.meta;
    // Nobody was reached: a cache further in answered, or a middleware itself.
    if (made.length === before) return reply;

    if (!reply.stream) {
      const { result } = reply as UnaryReply;
      const usage = completed(call, reply.usage, () => estimateOutput(call, result));
      const bill = billOf(prices, call, usage, servedBy);
      settle(call, before, { status: 'complete', usage, cost: bill, meta: reply.meta });
      return { ...reply, cost: bill };
    }
    const attempt = made.at(-1);
    settleRefused(call, before, attempt);
    return charged(reply, call, (status, usage, error) => {
      const bill = billOf(prices, call, usage, servedBy);
      if (attempt !== undefined)
        tell(call, attempt, { status, usage, cost: bill, meta: reply.meta, error });
      return bill;
    });
  };

  function settle(call: Call, before: number, told: Told): void {
    const last = attemptBudget(call.state).made.at(-1);
    settleRefused(call, before, last);
    if (last !== undefined && attemptBudget(call.state).made.length > before)
      tell(call, last, told);
  }

  // Keys that were rotated further in: each was an attempt that the provider refused.
  function settleRefused(call: Call, before: number, last: Attempt | undefined): void {
    for (const attempt of attemptBudget(call.state).made.slice(before)) {
      if (attempt !== last && attempt.error !== undefined) {
        tell(call, attempt, { status: 'failed', cost: NOTHING });
      }
    }
  }

  function tell(call: Call, attempt: Attempt, told: Told): void {
    if (onCharge === undefined) return;
    const charged = call.state.ensure(CHARGED, () => new Set());
    if (charged.has(attempt)) return;
    charged.add(attempt);
    onCharge({ call, attempt, ...told });
  }
}

function refusal(call: Call, error: InferwayError, prices: PriceBook | undefined): Told {
  const status = error.code === 'aborted' ? 'cancelled' : 'failed';
  if (!maybeBilled(error)) return { status, usage: error.usage, cost: NOTHING, error };
  const usage = completed(call, error.usage, () => 0);
  return { status, usage, cost: billOf(prices, call, usage, undefined), error };
}

function charged(
  reply: StreamReply,
  call: Call,
  settle: (
    status: Charge['status'],
    usage: Usage,
    error: InferwayError | undefined,
  ) => NonNullable<UnaryReply['cost']>,
): StreamReply {
  const traits: OperationTraits<never> | undefined = call.state.runtime.traits(call.operation);
  let characters = 0;
  return observe(reply, {
    batch(events) {
      for (const event of events) characters += outputLength(traits, event as never);
    },
    end(outcome) {
      const usage = completed(call, outcome.usage, () => tokensOf(characters));
      outcome.cost = settle(outcome.status, usage, outcome.error);
    },
  });
}
