import type { KnownCost } from './money.js';
import type { Usage } from './usage.js';

/** What the provider says that it charges; undefined where it says nothing, or no amount: less than nothing, a fraction, more than is counted exactly. */
export function reportedBill(usage: Usage | undefined): KnownCost | undefined {
  const total = usage?.reportedCost;
  if (total === undefined || !isAmount(total)) return undefined;
  return { known: true, total, source: 'provider' };
}

/** Nano-dollars that can be counted: not less than nothing, no fraction, not more than is exact. */
export function isAmount(total: number): boolean {
  return Number.isSafeInteger(total) && total >= 0;
}
