import { createClient, type Provider, type Reply } from '@inferway/core';
import { AT_ONCE } from './at-once.js';
import { MESSAGES } from '../subjects/subject.js';
import { layerChains } from '../subjects/chains.js';

/** Answers at once, without a network: what is left is the chain. */
const provider: Provider & { readonly name: 'bench' } = {
  name: 'bench',
  async chat() {
    return {
      stream: false,
      result: {
        message: { role: 'assistant', content: [{ type: 'text', text: 'Simulated answer.' }] },
        finishReason: { unified: 'stop' },
      },
      usage: { inputTokens: 24, outputTokens: 4 },
      meta: { provider: 'bench', model: 'bench' },
    } as Reply<never>;
  },
};

/** Runs one chain in this process on its parent's orders: so many calls, 16 at a time; tells the CPU microseconds of one. */
export function runLayers(name: string): void {
  const middleware = layerChains.get(name);
  if (middleware === undefined) throw new Error(`No chain is named ${name}.`);
  const client = createClient({ providers: [provider], middleware: middleware() });
  const ask = async (): Promise<void> => {
    await client.chat({ model: 'bench/bench', messages: MESSAGES });
  };
  process.on('message', (calls: number) => {
    void run(ask, calls).then((cpu) => process.send?.(cpu));
  });
  process.send?.('ready');
}

async function run(ask: () => Promise<void>, calls: number): Promise<number> {
  const cpu = process.cpuUsage();
  let left = calls;
  const line = async (): Promise<void> => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / calls;
}
