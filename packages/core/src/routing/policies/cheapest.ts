import { byScore, type RoutePolicy } from '../policy.js';

/**
 * Where this request is expected to cost the least: its input as estimated, and the output that it bounds (else a typical answer). A target
 * without a known price comes after all that have one: unknown is never taken for 0.
 */
export function cheapest(): RoutePolicy {
  return {
    name: 'cheapest',
    unit: 'nano-dollars',
    rank: (candidates, question) =>
      byScore(
        candidates.map((candidate) => {
          const score = question.cost(candidate);
          return score === undefined ? { candidate, why: 'unknown price' } : { candidate, score };
        }),
      ),
  };
}
