import type { NanoUsd } from '../money.js';
import { priceUsage, type PriceBook } from '../price.js';
import type { Candidate } from './candidate.js';
import type { Needs } from './needs.js';

/** What the request is expected to cost at a target: by the user's price book, else by what was listed. Undefined where neither knows. */
export function expectedCost(
  prices: PriceBook | undefined,
  candidate: Candidate,
  needs: Needs,
  at: number,
): NanoUsd | undefined {
  const { facts, model } = candidate;
  const cost =
    prices?.cost(model, needs.usage, at) ??
    (facts.prices === undefined ? undefined : priceUsage(facts.prices, needs.usage));
  if (cost?.known === true) return cost.total;
  return cost === undefined && facts.free === true ? 0 : undefined;
}
