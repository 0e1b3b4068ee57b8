import { InferwayError, type PriceBook, type Provider } from '@inferway/core';
import { createAnthropic } from '@inferway/anthropic';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { createReplicate } from '@inferway/replicate';
import { createTogether } from '@inferway/together';
import type { OpenAIChatDialect } from '@inferway/wire';
import type { Config } from '../config/config.js';
import { readSecret, requireSecret, type Environment } from '../config/read-secret.js';
import type { ServedProvider } from './banner.js';
import { HOSTED_PROFILES } from './hosted-profiles.js';
import type { FoundEngine } from './local-engines.js';
import { simulatedProvider } from './simulated-provider.js';
import type { RunningSimulator } from './simulator.js';

/** One provider, and what the gateway must know of it besides. */
export interface CollectedProvider extends ServedProvider {
  readonly provider: Provider;
  /** Where it is, if not at its usual address. */
  readonly baseUrl?: string | undefined;
  /** Its key, so that no error lets it out. */
  readonly secret?: string | undefined;
  /** Prices that nobody else knows. */
  readonly prices?: PriceBook | undefined;
  /** Headers that mark its answers, as a flat list. */
  readonly marks?: readonly string[] | undefined;
}

export interface ProviderSources {
  readonly environment: Environment;
  readonly config: Config;
  readonly engines: readonly FoundEngine[];
  readonly simulator: RunningSimulator;
}

interface OwnPackage {
  readonly name: string;
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  readonly example: string;
  create(options: { apiKey: string; baseUrl?: string }): unknown;
}

// Providers with a package of their own.
const OWN_PACKAGES: readonly OwnPackage[] = [
  {
    name: 'openai',
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    example: 'openai/gpt-5.6',
    create: createOpenAI,
  },
  {
    name: 'anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    example: 'anthropic/claude-sonnet-5-5',
    create: createAnthropic,
  },
  {
    name: 'huggingface',
    keyVariable: 'HF_TOKEN',
    baseUrlVariable: 'HF_BASE_URL',
    example: 'huggingface/deepseek-ai/DeepSeek-V4-Pro',
    create: createHuggingFace,
  },
  {
    name: 'together',
    keyVariable: 'TOGETHER_API_KEY',
    baseUrlVariable: 'TOGETHER_BASE_URL',
    example: 'together/moonshotai/Kimi-K2.6',
    create: createTogether,
  },
  {
    name: 'groq',
    keyVariable: 'GROQ_API_KEY',
    baseUrlVariable: 'GROQ_BASE_URL',
    example: 'groq/openai/gpt-oss-120b',
    create: createGroq,
  },
  {
    name: 'fireworks',
    keyVariable: 'FIREWORKS_API_KEY',
    baseUrlVariable: 'FIREWORKS_BASE_URL',
    example: 'fireworks/accounts/fireworks/models/glm-5',
    create: createFireworks,
  },
  {
    name: 'replicate',
    keyVariable: 'REPLICATE_API_TOKEN',
    baseUrlVariable: 'REPLICATE_BASE_URL',
    example: 'replicate/openai/gpt-oss-120b',
    create: createReplicate,
  },
];

/**
 * All providers that there is a way to: those of the config, those whose key is in the environment, local engines that answered, and
 * the simulator. A name is taken once, in this order.
 *
 * @throws {InferwayError} `configuration` for a key that cannot be one, or an entry of the config that asks for a missing one.
 */
export function collectProviders(sources: ProviderSources): CollectedProvider[] {
  const { simulator } = sources;
  const found = [
    ...fromConfig(sources),
    ...fromEnvironment(sources.environment),
    ...sources.engines.map(fromEngine),
  ];
  const names = new Set<string>([simulator.name]);
  const first = found.filter(({ name }) => {
    if (names.has(name)) return false;
    names.add(name);
    return true;
  });
  return [...first, fromSimulator(simulator)];
}

function fromConfig({ config, environment, simulator }: ProviderSources): CollectedProvider[] {
  if (config.providers !== undefined && Object.hasOwn(config.providers, simulator.name)) {
    throw new InferwayError('configuration', {
      message: `providers.${simulator.name}: The name is the built-in simulator's. Choose another name.`,
    });
  }
  return Object.entries(config.providers ?? {}).map(([name, { baseUrl, key }]) => {
    const secret =
      key === undefined ? undefined : requireSecret(environment, key.env, `providers.${name}.key`);
    return {
      name,
      from: baseUrl,
      examples: [`${name}/<model>`],
      secret,
      baseUrl,
      provider: compatible(name, baseUrl, secret),
    };
  });
}

function fromEnvironment(environment: Environment): CollectedProvider[] {
  const own = OWN_PACKAGES.flatMap((entry): CollectedProvider[] => {
    const secret = readSecret(environment, entry.keyVariable);
    if (secret === undefined) return [];
    const baseUrl = environment[entry.baseUrlVariable];
    const provider = entry.create(
      baseUrl ? { apiKey: secret, baseUrl } : { apiKey: secret },
    ) as Provider;
    const { name, example, keyVariable } = entry;
    return [{ name, from: keyVariable, examples: [example], secret, baseUrl, provider }];
  });
  const hosted = HOSTED_PROFILES.flatMap((profile): CollectedProvider[] => {
    const { name, keyVariable } = profile;
    const secret = readSecret(environment, keyVariable);
    if (secret === undefined) return [];
    const baseUrl = environment[`${name.toUpperCase()}_BASE_URL`] || profile.baseUrl;
    const provider = compatible(name, baseUrl, secret, profile.dialect);
    return [{ name, from: keyVariable, examples: [`${name}/<model>`], secret, baseUrl, provider }];
  });
  return [...own, ...hosted];
}

function fromEngine({ name, title, baseUrl, models, create }: FoundEngine): CollectedProvider {
  return {
    name,
    from: `${title} at ${baseUrl}`,
    examples: [`${name}/${models[0] ?? '<model>'}`],
    provider: create?.(baseUrl) ?? compatible(name, baseUrl, undefined),
  };
}

function fromSimulator(simulator: RunningSimulator): CollectedProvider {
  const { name, examples, prices } = simulator;
  return {
    name,
    from: 'simulated: no model answers, nothing is charged',
    examples,
    provider: simulatedProvider(simulator),
    prices,
    marks: ['x-inferway-simulated', 'true'],
  };
}

function compatible(
  name: string,
  baseUrl: string,
  apiKey: string | undefined,
  dialect?: OpenAIChatDialect,
): Provider {
  return createOpenAICompatible({ name, baseUrl, apiKey, dialect }) as Provider;
}
