import { createAnthropic } from '@inferway/anthropic';
import type { ProviderOf } from '@inferway/core';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createOpenAI } from '@inferway/openai';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import { createTogether } from '@inferway/together';
import { createVllm } from '@inferway/vllm';
import type { Protocol } from './recordings.js';

type Factory = (baseUrl: string) => ProviderOf<string, 'chat'>;

const apiKey = 'hf_key-of-this-test';

/** The adapters that read a protocol, each pointed at `baseUrl`. */
export const readers: Readonly<Record<Protocol, readonly Factory[]>> = {
  chat: [
    (baseUrl) => createOpenAICompatible({ name: 'any', apiKey, baseUrl }),
    (baseUrl) => createOpenAI({ apiKey, baseUrl, api: 'chat-completions' }),
    (baseUrl) => createGroq({ apiKey, baseUrl }),
    (baseUrl) => createTogether({ apiKey, baseUrl }),
    (baseUrl) => createFireworks({ apiKey, baseUrl }),
    (baseUrl) => createVllm({ apiKey, baseUrl }),
    (baseUrl) => createHuggingFace({ apiKey, baseUrl }),
  ],
  responses: [
    (baseUrl) => createOpenAI({ apiKey, baseUrl, api: 'responses' }),
    (baseUrl) => createVllm({ apiKey, baseUrl, api: 'responses' }),
    (baseUrl) => createHuggingFace({ apiKey, baseUrl, api: 'responses' }),
  ],
  messages: [
    (baseUrl) => createAnthropic({ apiKey, baseUrl }),
    (baseUrl) => createFireworks({ apiKey, baseUrl, api: 'messages' }),
    (baseUrl) => createVllm({ apiKey, baseUrl, api: 'messages' }),
  ],
};
