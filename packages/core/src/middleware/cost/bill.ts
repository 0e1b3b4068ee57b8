import type { Call } from '../../call.js';
import { FREE, type Cost } from '../../money.js';
import { isFree } from '../../operations/is-free.js';
import type { PriceBook } from '../../price.js';
import { isAmount, reportedBill } from '../../reported-bill.js';
import type { Usage } from '../../usage.js';

/** What is paid for `usage`: as the provider says where it says so, else by the book. Never 0 for what is unknown. */
export function billOf(
  prices: PriceBook | undefined,
  call: Call,
  usage: Usage | undefined,
  servedBy: string | undefined,
): Cost {
  const reported = reportedBill(usage);
  if (reported !== undefined) return reported;
  if (isFree(call)) return FREE;
  if (usage === undefined) return { known: false, reason: 'no-usage' };
  const { clock } = call.state.runtime;
  const cost = prices?.cost(call.model, usage, clock.wallTime(), servedBy);
  if (cost === undefined) return { known: false, reason: 'no-price' };
  // Of counts that a provider made up, or a book that is wrong.
  if (cost.known && !isAmount(cost.total)) return { known: false, reason: 'no-usage' };
  return cost.known && usage.estimated === true ? { ...cost, source: 'estimate' } : cost;
}
