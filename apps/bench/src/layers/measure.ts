import { once } from 'node:events';
import { startRole } from '../child.js';
import { spread, type Spread } from '../statistics.js';
import { layerChains } from './chains.js';

const WARM_UPS = 3;

/** What a call costs in one chain, in CPU microseconds. */
export interface LayersRow {
  readonly chain: string;
  readonly cpu: Spread;
}

/** Measures chains in a tight loop, against a provider that answers at once: each in a process of its own, one after the other. */
export async function measureLayers(rounds: number, calls: number): Promise<LayersRow[]> {
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
      rows.push({ chain, cpu: spread(taken) });
    } finally {
      await worker.stop();
    }
  }
  return rows;
}
