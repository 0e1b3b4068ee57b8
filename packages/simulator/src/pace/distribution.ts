import type { SeededRandom } from '../seeded-random.js';

/**
 * How long something takes, in milliseconds: always the same, evenly between two bounds, or log-normal with a median and the
 * standard deviation of its logarithm (0.5 gives a 95th percentile of about 2.3 × the median).
 */
export type Distribution =
  | number
  | { readonly from: number; readonly to: number }
  | { readonly median: number; readonly sigma: number };

/** One duration in milliseconds. */
export function sample(distribution: Distribution, random: SeededRandom): number {
  if (typeof distribution === 'number') return distribution;
  if ('median' in distribution) {
    return distribution.median * Math.exp(distribution.sigma * random.normal());
  }
  return distribution.from + (distribution.to - distribution.from) * random.next();
}

/** True where it never takes any time. */
export function isInstant(distribution: Distribution): boolean {
  if (typeof distribution === 'number') return distribution <= 0;
  return 'median' in distribution ? distribution.median <= 0 : distribution.to <= 0;
}
