import { systemClock, type Clock } from '@inferway/core';

/** The machine's clock, with a hand on it: `advance` moves both of its times. */
export function manualClock(): Clock & { advance(ms: number): void } {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    wallTime: () => systemClock.wallTime() + ahead,
    advance(ms) {
      ahead += ms;
    },
  };
}
