import { createAnthropic } from '@inferway/anthropic';
import type { ProviderOf } from '@inferway/core';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import type { Simulator } from '@inferway/simulator';
import { createTogether } from '@inferway/together';
import { createVllm } from '@inferway/vllm';

export type ChatProvider = ProviderOf<string, 'chat'>;

/** The names of `chatProviders`; each begins with its provider's. */
export const CHAT_PROVIDERS = [
  'openai by Responses',
  'openai by Chat Completions',
  'anthropic',
  'huggingface',
  'together',
  'fireworks',
  'fireworks by Messages',
  'groq',
  'vllm',
  'vllm by Responses',
  'vllm by Messages',
  'huggingface by Responses',
  'huggingface by Messages',
] as const;

/** Every way to a chat that the providers of this repository have, each at the simulator. */
export function chatProviders(
  simulator: Simulator,
): Readonly<Record<(typeof CHAT_PROVIDERS)[number], ChatProvider>> {
  const at = (name: keyof Simulator['baseUrls']): { apiKey: string; baseUrl: string } => ({
    apiKey: name === 'huggingface' ? 'hf_simulated' : 'simulated',
    baseUrl: simulator.baseUrls[name],
  });
  return {
    'openai by Responses': createOpenAI({ ...at('openai'), api: 'responses' }),
    'openai by Chat Completions': createOpenAI({ ...at('openai'), api: 'chat-completions' }),
    anthropic: createAnthropic(at('anthropic')),
    huggingface: createHuggingFace(at('huggingface')),
    together: createTogether(at('together')),
    fireworks: createFireworks(at('fireworks')),
    'fireworks by Messages': createFireworks({ ...at('fireworks'), api: 'messages' }),
    groq: createGroq(at('groq')),
    vllm: createVllm(at('vllm')),
    'vllm by Responses': createVllm({ ...at('vllm'), api: 'responses' }),
    'vllm by Messages': createVllm({ ...at('vllm'), api: 'messages' }),
    'huggingface by Responses': createHuggingFace({ ...at('huggingface'), api: 'responses' }),
    'huggingface by Messages': createHuggingFace({ ...at('huggingface'), api: 'messages' }),
  };
}
