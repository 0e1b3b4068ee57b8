import { badOption, checkMs } from '../../option-checks.js';
import { expectedMs } from '../expected-time.js';
import { byScore, type Ranked, type RoutePolicy } from '../policy.js';

/** What counts as fast, and how often others are tried. */
export interface FastestOptions {
  /** The share of calls that go first to a target of which nothing recent is known, so that it is measured: 0 to 1. Default 0.05. */
  readonly explore?: number | undefined;
  /** A target that was not measured for so long counts as unknown. Default 300,000. */
  readonly staleMs?: number | undefined;
}

/**
 * Where the answer is expected to be whole first, by the measured time to the first token and the measured time by token. Until something was
 * measured, what discovery says counts; a target of which nobody says anything comes last, and is found by the share that explores.
 *
 * @throws {InferwayError} `configuration` for a share that is none.
 */
export function fastest(options: FastestOptions = {}): RoutePolicy {
  const explore = options.explore ?? 0.05;
  if (typeof explore !== 'number' || !(explore >= 0 && explore <= 1)) {
    throw badOption('explore', `fastest: explore is ${explore}; give a share from 0 to 1.`);
  }
  const staleMs = checkMs('fastest', 'staleMs', options.staleMs ?? 300_000);

  return {
    name: 'fastest',
    unit: 'ms',
    rank(candidates, question) {
      const unknown: Ranked[] = [];
      const ranked = candidates.map((candidate): Ranked => {
        const measured = question.speed(candidate);
        const fresh = measured !== undefined && measured.ageMs <= staleMs ? measured : undefined;
        const score = expectedMs(candidate, question.needs, measured);
        const found =
          score === undefined ? { candidate, why: 'unknown speed' } : { candidate, score };
        if (fresh === undefined) unknown.push(found);
        return found;
      });
      const order = byScore(ranked);
      if (unknown.length === 0 || candidates.length === 1) return order;
      const { clock } = question;
      if (clock.random() >= explore) return order;
      const chosen = unknown[Math.floor(clock.random() * unknown.length)] as Ranked;
      return [{ ...chosen, why: 'explored' }, ...order.filter((one) => one !== chosen)];
    },
  };
}
