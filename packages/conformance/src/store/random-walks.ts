import { AssertionError } from 'node:assert';
import { seededRandom } from '@inferway/core/testing';
import type { StoreSuite } from './store-suite.js';

const RUNS = 12;
const STEPS = 90;

/** Commands by chance to one store, each answer held against a model. */
export interface RandomWalk {
  /** What was asked so far, a line each. */
  readonly told: readonly string[];
  step(): Promise<void>;
}

/** Takes some walks. What fails says by which seed, and after which commands. */
export async function walkAtRandom(
  suite: StoreSuite,
  begin: (random: () => number, run: number) => RandomWalk,
): Promise<void> {
  const seed = suite.seed ?? Math.floor(Math.random() * 2 ** 31);
  for (let run = 0; run < RUNS; run++) {
    const walk = begin(seededRandom(seed + run), run);
    try {
      for (let step = 0; step < STEPS; step++) await walk.step();
    } catch (reason) {
      throw new AssertionError({
        message: `${(reason as Error).message}\nseed: ${seed + run}\n${walk.told.join('\n')}`,
      });
    }
  }
}
