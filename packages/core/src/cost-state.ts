import type { Attempt } from './attempts.js';

/** What is known of the cost of an attempt that is over. */
export type CostState = 'exact' | 'estimated' | 'possibly-billed' | 'unknown' | 'none';

/**
 * `exact`: reported or priced; `estimated`: from an estimate; `possibly-billed`: the provider may have done the work; `unknown`: also where no
 * `cost` is in the chain; `none`: nothing was billed.
 */
export function costStateOf({ cost, billed }: Pick<Attempt, 'cost' | 'billed'>): CostState {
  if (billed === 'maybe') return 'possibly-billed';
  if (billed === 'no') return 'none';
  if (cost?.known !== true) return 'unknown';
  return cost.source === 'estimate' ? 'estimated' : 'exact';
}
