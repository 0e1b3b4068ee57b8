import { byScore, type RoutePolicy } from '../policy.js';

/**
 * By the targets' `weight`: each comes first in its share of the calls, and after it the others by theirs. A weight of 0 is for what is only to
 * be tried when all others failed.
 */
export function weighted(): RoutePolicy {
  return {
    name: 'weighted',
    rank: (candidates, { clock }) =>
      // The smallest of exponential waits at rates w falls on each with probability w / sum: a draw without putting back.
      byScore(
        candidates.map((candidate) => ({
          candidate,
          score:
            candidate.weight > 0 ? -Math.log(1 - clock.random()) / candidate.weight : undefined,
        })),
      ).map(({ candidate }) => ({ candidate })),
  };
}
