import type { Decision } from './orders.js';

/** What the windows of a run held. */
export interface WindowFigures {
  /** Windows of which the store decided all, and how many were let in beyond the limit in the worst of them. */
  readonly windows: number;
  readonly over: number;
  /** Windows in which processes let in some alone, the worst of them, and by how much it exceeds what an outage may let in. */
  readonly outageWindows: number;
  readonly outageOver: number;
  readonly outageOverBound: number;
}

/**
 * A window begins with each call that was let in. A decision was made at some time between `from` and `to`: only those that were surely made
 * inside of a window are counted, so what is found is surely over. Over an outage each process lets in its share at most, and what the store
 * had granted before may all have gone to one of them: the limit and the shares of the others.
 */
export function windowFigures(decisions: readonly Decision[], processes: number): WindowFigures {
  const figures = { windows: 0, over: 0, outageWindows: 0, outageOver: 0 };
  let outageOverBound = Number.NEGATIVE_INFINITY;
  const granted = decisions.filter((decision) => decision.granted);
  for (const made of Map.groupBy(granted, ({ key }) => key).values()) {
    const byEnd = made.toSorted((a, b) => a.to - b.to);
    for (const first of made) {
      const { sum, alone } = inside(first, byEnd);
      const over = sum - first.limit;
      if (alone) {
        const share = Math.max(1, Math.floor(first.limit / processes));
        figures.outageWindows++;
        figures.outageOver = Math.max(figures.outageOver, over);
        outageOverBound = Math.max(outageOverBound, over - (processes - 1) * share);
      } else {
        figures.windows++;
        figures.over = Math.max(figures.over, over);
      }
    }
  }
  return { ...figures, outageOverBound };
}

/** What was surely let in within a window from the beginning of `first`. */
function inside(first: Decision, byEnd: readonly Decision[]): { sum: number; alone: boolean } {
  const until = first.from + first.windowMs;
  let { alone } = first;
  let sum = 0;
  let low = 0;
  let high = byEnd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byEnd[middle] as Decision).to < first.from) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < byEnd.length; at++) {
    const decision = byEnd[at] as Decision;
    if (decision.to > until) break;
    if (decision.from < first.from) continue;
    sum += decision.amount;
    alone ||= decision.alone;
  }
  return { sum, alone };
}
