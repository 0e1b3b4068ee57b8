import type { Client, InputOf, JsonObject } from '@inferway/core';
import { asked as askedOf, type Answer, type Asked } from '@inferway/provider-kit/testing';
import { createGroq } from '../../src/index.js';

/** Calls of Groq, where a server answers so. */
export function asked<T>(
  answers: object | Answer,
  calls: (client: Client<ReturnType<typeof createGroq>>) => Promise<T>,
): Promise<Asked<T>> {
  const provider = (baseUrl: string): ReturnType<typeof createGroq> =>
    createGroq({ apiKey: 'gsk_test_0123456789', baseUrl: baseUrl });
  return askedOf(answers, provider, calls);
}

export const USAGE: JsonObject = {
  queue_time: 0.05,
  prompt_tokens: 9,
  prompt_time: 0.002,
  completion_tokens: 2,
  completion_time: 0.004,
  total_tokens: 11,
  total_time: 0.006,
  prompt_tokens_details: { cached_tokens: 4 },
};

/** An answer that says so. */
export function completion(content: string | null, more: JsonObject = {}): JsonObject {
  const message = { role: 'assistant', content, ...more };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, logprobs: null, finish_reason: 'stop', message }],
    usage: USAGE,
    usage_breakdown: null,
    system_fingerprint: 'fp_1',
    x_groq: { id: 'req_1', usage: { dram_cached_tokens: 0, sram_cached_tokens: 0 } },
    service_tier: 'on_demand',
  };
}

type Chat = InputOf<'chat'> & { readonly model: `groq/${string}` };

/** A chat with `model`. */
export function chat(model: string, more: Partial<InputOf<'chat'>> = {}): Chat {
  return { messages: [{ role: 'user', content: 'Hi' }], ...more, model: `groq/${model}` };
}
