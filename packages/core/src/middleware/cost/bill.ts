import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import type { Cost, KnownCost } from '../../money.js';
import type { PriceBook } from '../../price.js';
import type { Usage } from '../../usage.js';
import { estimateInput } from './estimate.js';

/** An attempt that the provider refused is not billed. */
export const NOTHING: KnownCost = { known: true, total: 0, source: 'price' };

/** What is paid for `usage`: as the provider says where it says so, else by the book. Never 0 for what is unknown. */
export function billOf(
  prices: PriceBook | undefined,
  call: Call,
  usage: Usage | undefined,
  servedBy: string | undefined,
): Cost {
  if (usage?.reportedCost !== undefined) {
    return { known: true, total: usage.reportedCost, source: 'provider' };
  }
  if (usage === undefined) return { known: false, reason: 'no-usage' };
  const { clock } = call.state.runtime;
  const cost = prices?.cost(call.model, usage, clock.wallTime(), servedBy);
  if (cost === undefined) return { known: false, reason: 'no-price' };
  return cost.known && usage.estimated === true ? { ...cost, source: 'estimate' } : cost;
}

/** The reported usage, with what is missing filled in by estimates, and flagged where that was needed. */
export function completed(call: Call, usage: Usage | undefined, output: () => number): Usage {
  if (usage?.inputTokens !== undefined && usage.outputTokens !== undefined) return usage;
  // What the provider says that it charges needs no estimate, and what is counted otherwise has no tokens to be guessed.
  if (usage?.reportedCost !== undefined || usage?.units !== undefined) return usage;
  return {
    ...usage,
    inputTokens: usage?.inputTokens ?? estimateInput(call),
    outputTokens: usage?.outputTokens ?? output(),
    estimated: true,
  };
}

/** Whether the provider may have done the work: not where it answered with a refusal, nor where nothing reached it. */
export function maybeBilled(error: InferwayError): boolean {
  if (error.status !== undefined && error.status >= 400) return false;
  if (error.sent === 'no' || error.phase === 'connect') return false;
  switch (error.code) {
    case 'timeout':
    case 'connection':
    case 'protocol':
    case 'empty_response':
    case 'stream_interrupted':
    case 'aborted':
    case 'too_large':
      return true;
    default:
      return false;
  }
}
