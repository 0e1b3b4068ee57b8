/** A sample's middle and how far it spread. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Median and range. @throws RangeError for an empty sample. */
export function spread(sample: readonly number[]): Spread {
  const sorted = sample.toSorted((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined)
    throw new RangeError('An empty sample has no median.');
  return { median: percentile(sorted, 50), low, high, count: sorted.length };
}

/** The `p`-th percentile (0–100) of a sorted sample, by linear interpolation. */
export function percentile(sorted: readonly number[], p: number): number {
  const position = ((sorted.length - 1) * p) / 100;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
