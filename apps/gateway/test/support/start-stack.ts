import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSimulator,
  type RequestRecord,
  type Simulator,
  type SimulatorOptions,
} from '@inferway/simulator';
import { onTestFinished } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { startGateway } from '../../src/start/start-gateway.js';
import { KEY } from './start-gateway.js';

/** The whole gateway as `start` makes it, with a simulator in the place of every provider. */
export interface Stack {
  readonly url: string;
  readonly simulator: Simulator;
  readonly complaints: string[];
  /** What `log: true` wrote. */
  readonly lines: string[];
  /** Where its config is. */
  readonly folder: string;
  stop(): Promise<void>;
  /** The simulator's records of model calls; listings are not among them. */
  calls(): readonly RequestRecord[];
}

/** A model for chat at each provider of a stack. `plain` is the simulator as an OpenAI-compatible server of the config. */
export const MODELS: readonly string[] = [
  'openai/sim-chat',
  'anthropic/sim-chat',
  'huggingface/inferway/sim-chat',
  'plain/sim-chat',
];

const NOWHERE = 'http://127.0.0.1:9/v1';

/** Starts a stack. Prices of Hugging Face's models come from its listing, all others from the config. */
export async function startStack(
  simulated: SimulatorOptions = {},
  config: ConfigInput = {},
  /** Providers that are simulated too; those left out are nowhere. */
  more: readonly ('together' | 'groq' | 'fireworks')[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const simulator = createSimulator(simulated);
  await simulator.listen();
  const { openai, anthropic, huggingface } = simulator.baseUrls;
  const folder = await mkdtemp(join(tmpdir(), 'inferway-stack-'));
  const written: ConfigInput = {
    localEngines: false,
    ...config,
    providers: { plain: { baseUrl: openai, key: '${PLAIN_KEY}' }, ...config.providers },
    prices: config.prices ?? pricesOf(simulator),
  };
  await writeFile(join(folder, 'inferway.config.json'), JSON.stringify(written));
  const complaints: string[] = [];
  const lines: string[] = [];
  const running = await startGateway({
    line: { help: false, config: undefined, host: undefined, port: '0' },
    folder,
    complain: (text) => complaints.push(text),
    log: (line) => lines.push(line),
    environment: {
      HOME: folder,
      INFERWAY_KEY: KEY,
      OPENAI_API_KEY: 'sk-canary-openai-0123456789',
      OPENAI_BASE_URL: openai,
      ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789',
      ANTHROPIC_BASE_URL: anthropic,
      HF_TOKEN: 'hf_canary0123456789',
      HF_BASE_URL: huggingface,
      PLAIN_KEY: 'canary-plain-0123456789',
      DEAD_KEY: 'canary-dead-0123456789',
      GROQ_API_KEY: 'gsk_canary0123456789',
      GROQ_BASE_URL: NOWHERE,
      TOGETHER_API_KEY: 'canary-together-0123456789',
      TOGETHER_BASE_URL: NOWHERE,
      FIREWORKS_API_KEY: 'fw_canary0123456789',
      FIREWORKS_BASE_URL: NOWHERE,
      ...Object.fromEntries(
        more.map((name) => [`${name.toUpperCase()}_BASE_URL`, simulator.baseUrls[name]]),
      ),
      ...environment,
    },
  });
  await running.priced;
  const stop = async (): Promise<void> => {
    await running.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  };
  let stopped: Promise<void> | undefined;
  const once = (): Promise<void> => (stopped ??= stop());
  onTestFinished(once);
  const calls = (): readonly RequestRecord[] =>
    simulator.requests.filter(({ method }) => method === 'POST');
  return { url: running.url, simulator, complaints, lines, folder, stop: once, calls };
}

// Nano-dollars per million tokens, or per unit, are dollars × 10⁹.
function pricesOf({ prices }: Simulator): NonNullable<ConfigInput['prices']> {
  const dollars = (nanos: object): object =>
    Object.fromEntries(
      Object.entries(nanos).map(([part, price]: [string, unknown]): [string, unknown] => {
        if (typeof price === 'number') return [part, price / 1e9];
        return [part, typeof price === 'object' && price !== null ? dollars(price) : undefined];
      }),
    );
  return Object.fromEntries(
    ['openai', 'anthropic', 'plain'].flatMap((provider) =>
      Object.entries(prices).map(([model, price]) => [
        `${provider}/${model}`,
        dollars(price) as { input: number; output: number },
      ]),
    ),
  );
}
