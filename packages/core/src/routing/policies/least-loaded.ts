import { checkFlag } from '../../option-checks.js';
import type { Candidate } from '../candidate.js';
import { expectedMs } from '../expected-time.js';
import { byScore, type Question, type Ranked, type RoutePolicy } from '../policy.js';

/** How load is reckoned. */
export interface LeastLoadedOptions {
  /** True: calls in flight count by how long such a call takes there, so that a slow target gets fewer. Default false. */
  readonly bySpeed?: boolean | undefined;
}

/**
 * The less busy of two targets that are drawn at random (power of two choices): nearly as even as always taking the least busy one, without
 * every process sending its calls there at once. Busy is what this router has in flight, by the target's weight. The others follow by load.
 */
export function leastLoaded(options: LeastLoadedOptions = {}): RoutePolicy {
  const bySpeed = checkFlag('leastLoaded', 'bySpeed', options.bySpeed);
  return {
    name: 'least-loaded',
    unit: bySpeed ? 'ms' : 'calls',
    rank(candidates, question) {
      const speeds = bySpeed ? timesOf(candidates, question) : undefined;
      const loads = candidates.map((candidate, index): Ranked => {
        const calls = question.inFlight(candidate);
        const load = speeds === undefined ? calls : (calls + 1) * (speeds[index] as number);
        const { weight } = candidate;
        return { candidate, score: weight > 0 ? load / weight : undefined };
      });
      const order = byScore(loads);
      const open = loads.filter(({ score }) => score !== undefined);
      if (open.length < 2) return order;
      const { clock } = question;
      const one = Math.floor(clock.random() * open.length);
      const step = 1 + Math.floor(clock.random() * (open.length - 1));
      const first = open[one] as Ranked;
      const second = open[(one + step) % open.length] as Ranked;
      const chosen = (second.score as number) < (first.score as number) ? second : first;
      return [chosen, ...order.filter((other) => other !== chosen)];
    },
  };
}

// One of which nothing is known is taken to be as fast as the fastest: it is soon measured.
function timesOf(candidates: readonly Candidate[], question: Question): readonly number[] {
  const { needs } = question;
  const times = candidates.map((one) => expectedMs(one, needs, question.speed(one)));
  const known = times.filter((ms) => ms !== undefined);
  const least = known.length === 0 ? 1 : Math.min(...known);
  return times.map((ms) => Math.max(ms ?? least, 0.001));
}
