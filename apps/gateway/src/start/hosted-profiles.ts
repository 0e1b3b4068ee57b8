import type { OpenAIChatDialect } from '@inferway/wire';

/** A hosted provider that speaks OpenAI's protocol and has no package of its own here. */
export interface HostedProfile {
  /** The part of a model before its first slash. */
  readonly name: string;
  readonly title: string;
  /** The variable that its own documentation uses for the key. */
  readonly keyVariable: string;
  readonly baseUrl: string;
  /** What it does differently in chats. */
  readonly dialect?: OpenAIChatDialect;
}

/** Base addresses as the providers document them (2026-11). A variable `<NAME>_BASE_URL` overrides one. */
export const HOSTED_PROFILES: readonly HostedProfile[] = [
  {
    name: 'openrouter',
    title: 'OpenRouter',
    keyVariable: 'OPENROUTER_API_KEY',
    baseUrl: 'https://openrouter.ai/api/v1',
    dialect: { reasoning: 'object', reasoningInput: 'reasoning_details' },
  },
  {
    name: 'deepseek',
    title: 'DeepSeek',
    keyVariable: 'DEEPSEEK_API_KEY',
    baseUrl: 'https://api.deepseek.com',
  },
  {
    name: 'mistral',
    title: 'Mistral',
    keyVariable: 'MISTRAL_API_KEY',
    baseUrl: 'https://api.mistral.ai/v1',
  },
  { name: 'xai', title: 'xAI', keyVariable: 'XAI_API_KEY', baseUrl: 'https://api.x.ai/v1' },
  {
    name: 'cerebras',
    title: 'Cerebras',
    keyVariable: 'CEREBRAS_API_KEY',
    baseUrl: 'https://api.cerebras.ai/v1',
  },
  {
    name: 'deepinfra',
    title: 'DeepInfra',
    keyVariable: 'DEEPINFRA_API_KEY',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
  },
  {
    name: 'novita',
    title: 'Novita',
    keyVariable: 'NOVITA_API_KEY',
    baseUrl: 'https://api.novita.ai/v3/openai',
  },
  {
    name: 'nebius',
    title: 'Nebius',
    keyVariable: 'NEBIUS_API_KEY',
    baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  },
  {
    name: 'sambanova',
    title: 'SambaNova',
    keyVariable: 'SAMBANOVA_API_KEY',
    baseUrl: 'https://api.sambanova.ai/v1',
  },
];
