import { once } from 'node:events';
import type { Role } from '../child.js';
import { spread, type Spread } from '../statistics.js';
import type { Order, Taken } from './worker.js';

// Of the same kind, so that no subject is measured while it is compiled: the engine is done with the larger ones only after many thousand calls.
const WARM_UPS = 6;

/** Ours are near the baseline, and a unary call is short: a middle of few rounds would tell more of the machine than of them. */
export const ROUNDS_WHERE_CLOSE = 3;

/** A subject's figures for one order. */
export interface Cell {
  readonly subject: string;
  /** CPU microseconds a call. */
  readonly cpu: Spread;
  /** CPU over the baseline's of the same round. */
  readonly ratio: Spread;
}

/** Measures workers on one order, each round of each beside a fresh round of the first, which is the baseline. */
export async function compare(
  workers: ReadonlyMap<string, Role<string>>,
  order: Order,
  roundsOf: (subject: string) => number,
): Promise<readonly Cell[]> {
  const [[baselineName, baseline] = [], ...others] = workers;
  if (baselineName === undefined || baseline === undefined)
    throw new Error('There is no baseline.');
  for (const worker of workers.values()) {
    for (let times = 0; times < WARM_UPS; times++) await take(worker, order);
  }
  const baselineCpu: number[] = [];
  const cells: Cell[] = [];
  for (const [name, worker] of others) {
    const cpu: number[] = [];
    const ratio: number[] = [];
    for (let round = 0; round < roundsOf(name); round++) {
      // The order within a round changes, so that drift of the machine falls on both.
      const [first, second] = round % 2 === 0 ? [baseline, worker] : [worker, baseline];
      const a = await take(first, order);
      const b = await take(second, order);
      const [base, own] = round % 2 === 0 ? [a, b] : [b, a];
      baselineCpu.push(base.cpu);
      cpu.push(own.cpu);
      ratio.push(own.cpu / base.cpu);
    }
    cells.push({ subject: name, cpu: spread(cpu), ratio: spread(ratio) });
  }
  const one: Spread = { median: 1, low: 1, high: 1, count: baselineCpu.length };
  return [{ subject: baselineName, cpu: spread(baselineCpu), ratio: one }, ...cells];
}

async function take(worker: Role<string>, order: Order): Promise<Taken> {
  const answered = once(worker.process, 'message');
  worker.process.send(order);
  const [taken] = (await answered) as [Taken];
  return taken;
}
