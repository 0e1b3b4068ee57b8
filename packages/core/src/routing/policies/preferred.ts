import type { RoutePolicy } from '../policy.js';

/** In the order in which the route lists its targets. */
export function preferred(): RoutePolicy {
  return {
    name: 'preferred',
    rank: (candidates) => candidates.map((candidate) => ({ candidate })),
  };
}
