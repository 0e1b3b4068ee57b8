import { once } from 'node:events';
import { startRole, type Role } from '../child.js';
import { spread, type Spread } from '../statistics.js';
import { layerChains } from '../subjects/chains.js';
import { AT_ONCE } from './at-once.js';
import { compare, ROUNDS_WHERE_CLOSE, type Cell } from '../library/compare.js';

const WARM_UPS = 3;
// A call over a socket takes many times as long.
const FEWER_CALLS = 10;

/** What a call costs in one chain, in CPU microseconds. */
export interface LayersRow {
  readonly chain: string;
  /** In a tight loop. */
  readonly cpu: Spread;
  /** Over a socket, and over bare undici in the same rounds. */
  readonly overSocket: Cell;
}

/** Measures chains in a tight loop, against a provider that answers at once, and over sockets: each in a process of its own. */
export async function measureLayers(rounds: number, calls: number): Promise<LayersRow[]> {
  const cells = await overSockets(rounds, calls);
  const rows: LayersRow[] = [];
  for (const chain of layerChains.keys()) {
    const worker = await startRole<string>('layers', chain);
    const take = async (): Promise<number> => {
      const answered = once(worker.process, 'message');
      worker.process.send(calls);
      const [cpu] = (await answered) as [number];
      return cpu;
    };
    try {
      const taken: number[] = [];
      for (let round = -WARM_UPS; round < rounds; round++) {
        const cpu = await take();
        if (round >= 0) taken.push(cpu);
      }
      const overSocket = cells.find(({ subject }) => subject === chain) as Cell;
      rows.push({ chain, cpu: spread(taken), overSocket });
    } finally {
      await worker.stop();
    }
  }
  return rows;
}

async function overSockets(rounds: number, calls: number): Promise<readonly Cell[]> {
  const upstream = await startRole<string>('upstream');
  const workers = new Map<string, Role<string>>();
  try {
    for (const name of ['undici', ...layerChains.keys()]) {
      workers.set(name, await startRole('worker', name, `${upstream.first}/v1`));
    }
    const order = { calls: Math.ceil(calls / FEWER_CALLS), concurrency: AT_ONCE };
    return await compare(workers, order, () => ROUNDS_WHERE_CLOSE * rounds);
  } finally {
    for (const worker of workers.values()) await worker.stop();
    await upstream.stop();
  }
}
