import { createSimulator, type Simulator } from '@inferway/simulator';
import { startAcme, type Acme } from '../third-party-adapter/acme.js';
import { simulatedModels } from './simulated-models.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the examples talk to where no key says otherwise. */
export interface World {
  readonly simulator: Simulator;
  readonly acme: Acme;
  /** The environment for an example: for each provider without a key, the simulator in its place. */
  environment(given: Environment): Record<string, string | undefined>;
  close(): Promise<void>;
}

/** The variables of each provider that an example may use. Where one's own server has no key, its address says that there is one. */
const PROVIDERS = [
  { protocol: 'openai', key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  { protocol: 'anthropic', key: 'ANTHROPIC_API_KEY', baseUrl: 'ANTHROPIC_BASE_URL' },
  { protocol: 'huggingface', key: 'HF_TOKEN', baseUrl: 'HF_BASE_URL' },
  { protocol: 'together', key: 'TOGETHER_API_KEY', baseUrl: 'TOGETHER_BASE_URL' },
  { protocol: 'fireworks', key: 'FIREWORKS_API_KEY', baseUrl: 'FIREWORKS_BASE_URL' },
  { protocol: 'groq', key: 'GROQ_API_KEY', baseUrl: 'GROQ_BASE_URL' },
  { protocol: 'replicate', key: 'REPLICATE_API_TOKEN', baseUrl: 'REPLICATE_BASE_URL' },
  { protocol: 'vllm', key: 'VLLM_BASE_URL', baseUrl: 'VLLM_BASE_URL' },
  { protocol: 'tgi', key: 'TGI_BASE_URL', baseUrl: 'TGI_BASE_URL' },
] as const;

/** The variables of keys that are not set: those providers will be simulated. */
export function missingKeys(given: Environment): string[] {
  return PROVIDERS.map(({ key }) => key).filter((key) => (given[key] ?? '') === '');
}

export async function startWorld(): Promise<World> {
  const simulator = createSimulator({
    models: await simulatedModels(),
    pace: { ttftMs: 50, perTokenMs: 5 },
  });
  await simulator.listen();
  const acme = await startAcme(simulator);
  return {
    simulator,
    acme,
    environment(given) {
      const environment: Record<string, string | undefined> = { ...given, ACME_BASE_URL: acme.url };
      const simulated = PROVIDERS.filter(({ key }) => (given[key] ?? '') === '');
      for (const { protocol, key, baseUrl } of simulated) {
        // Tokens of the Hub are known by their beginning.
        environment[key] = protocol === 'huggingface' ? 'hf_simulated' : 'simulated-key';
        environment[baseUrl] = simulator.baseUrls[protocol];
        if (protocol === 'huggingface')
          environment['HF_ENDPOINT'] = simulator.baseUrls.huggingfaceRoot;
      }
      environment['SIMULATED_PROVIDERS'] = simulated.map(({ protocol }) => protocol).join(',');
      return environment;
    },
    async close() {
      await acme.close();
      await simulator.close();
    },
  };
}
