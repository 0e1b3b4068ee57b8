import { once } from 'node:events';
import { startRole, type Role } from '../child.js';
import { spread, type Spread } from '../statistics.js';
import { subjects } from '../subjects/index.js';
import { libraryRows, type Row } from './rows.js';
import type { Order, Taken } from './worker.js';

const WARM_UPS = 6;
// Ours are near the baseline, and a unary call is short: a middle of few rounds would tell more of the machine than of them.
const MORE_ROUNDS = 3;

/** A subject's figures for one row. */
export interface Cell {
  readonly subject: string;
  /** CPU microseconds a call. */
  readonly cpu: Spread;
  /** CPU over the baseline's of the same round. */
  readonly ratio: Spread;
}

export interface LibraryResult {
  readonly row: Row;
  readonly cells: readonly Cell[];
}

/** Measures every subject on every row, each round beside a fresh round of the baseline. */
export async function measureLibrary(options: {
  readonly rounds: number;
  readonly scale: number;
  readonly progress: (line: string) => void;
}): Promise<LibraryResult[]> {
  const upstream = await startRole<string>('upstream');
  const workers = new Map<string, Role<string>>();
  try {
    for (const name of Object.keys(subjects)) {
      workers.set(name, await startRole('worker', name, `${upstream.first}/v1`));
    }
    const results: LibraryResult[] = [];
    for (const row of libraryRows(options.scale)) {
      results.push(await measureRow(row, workers, options.rounds));
      options.progress(row.title);
    }
    return results;
  } finally {
    for (const worker of workers.values()) await worker.stop();
    await upstream.stop();
  }
}

async function measureRow(
  row: Row,
  workers: ReadonlyMap<string, Role<string>>,
  rounds: number,
): Promise<LibraryResult> {
  const [[baselineName, baseline] = [], ...others] = workers;
  if (baselineName === undefined || baseline === undefined)
    throw new Error('There is no baseline.');
  // Warm-up of the same kind, so that no subject is measured while it is compiled: the engine is done with the larger ones only after many thousand calls.
  for (const worker of workers.values()) {
    for (let times = 0; times < WARM_UPS; times++) await take(worker, row.order);
  }

  const baselineCpu: number[] = [];
  const cells: Cell[] = [];
  for (const [name, worker] of others) {
    const cpu: number[] = [];
    const ratio: number[] = [];
    const isClose = row.events === 0 && name.startsWith('inferway');
    const enough = isClose ? MORE_ROUNDS * rounds : rounds;
    for (let round = 0; round < enough; round++) {
      // The order within a round changes, so that drift of the machine falls on both.
      const [first, second] = round % 2 === 0 ? [baseline, worker] : [worker, baseline];
      const a = await take(first, row.order);
      const b = await take(second, row.order);
      const [base, own] = round % 2 === 0 ? [a, b] : [b, a];
      baselineCpu.push(base.cpu);
      cpu.push(own.cpu);
      ratio.push(own.cpu / base.cpu);
    }
    cells.push({ subject: name, cpu: spread(cpu), ratio: spread(ratio) });
  }
  const one: Spread = { median: 1, low: 1, high: 1, count: baselineCpu.length };
  return {
    row,
    cells: [{ subject: baselineName, cpu: spread(baselineCpu), ratio: one }, ...cells],
  };
}

async function take(worker: Role<string>, order: Order): Promise<Taken> {
  const answered = once(worker.process, 'message');
  worker.process.send(order);
  const [taken] = (await answered) as [Taken];
  return taken;
}
