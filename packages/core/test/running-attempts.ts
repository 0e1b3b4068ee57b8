import type { AttemptBudget } from '@inferway/core';

/** How many attempts of a call are not over. */
export function runningAttempts({ made }: AttemptBudget): number {
  return made.filter(({ endedMs }) => endedMs === undefined).length;
}
