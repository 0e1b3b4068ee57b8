import type { Clock } from '@inferway/core';
import type { ModelDirectory } from '../models/model-directory.js';
import type { LearningPrices } from './prices.js';

const EVERY_MS = 3_600_000;

export interface Learning {
  /** Settles when the listings were asked the first time, whatever came of it. */
  readonly begun: Promise<void>;
  stop(): void;
}

/** Lets the price book learn what the providers list, now and every hour. Nobody waits for it, and a failure leaves what is known. */
export function keepLearning(
  directory: ModelDirectory,
  prices: LearningPrices,
  clock: Clock,
): Learning {
  let timer: unknown;
  let stopped = false;
  const learn = async (): Promise<void> => {
    try {
      await prices.learn(await directory.list());
    } catch {
      // The next hour may do better.
    }
    if (!stopped) timer = clock.setTimer(() => void learn(), EVERY_MS);
  };
  return {
    begun: learn(),
    stop() {
      stopped = true;
      clock.clearTimer(timer);
    },
  };
}
