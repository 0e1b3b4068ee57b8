import type { Call, Provider } from '@inferway/core';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { defineProvider, endpoint } from '@inferway/provider-kit';
import { anthropicCountTokens, anthropicMessages } from '@inferway/wire';
import type { RunningSimulator } from './simulator.js';

// The simulated model whose real fellows are reached by Anthropic's protocol only, thinking and cache markers included.
const BY_MESSAGES = /^sim-claude(?![\w-])/u;

/** The simulator as one provider that reaches each of its models by the protocol that such a model has. */
export function simulatedProvider({ name, key, baseUrls }: RunningSimulator): Provider {
  const chat = createOpenAICompatible({ name, baseUrl: baseUrls.openai, apiKey: key });
  const messages = defineProvider({
    name,
    baseUrl: baseUrls.anthropic,
    key: { apiKey: key, env: [] },
    headers: { 'anthropic-version': '2023-06-01' },
    endpoints: {
      chat: endpoint({ format: anthropicMessages, path: 'v1/messages' }),
      countTokens: endpoint({ format: anthropicCountTokens, path: 'v1/messages/count_tokens' }),
    },
    requestIdHeaders: ['request-id'],
  });
  return {
    ...(chat as Provider),
    countTokens: (call: Call<'countTokens'>) => messages.countTokens(call),
    chat: (call: Call<'chat'>) => (BY_MESSAGES.test(call.model.id) ? messages : chat).chat(call),
    async close() {
      await Promise.all([chat.close?.(), messages.close?.()]);
    },
  };
}
