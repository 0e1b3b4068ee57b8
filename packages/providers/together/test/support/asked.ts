import type { Client, InputOf, JsonObject } from '@inferway/core';
import { asked as askedOf, type Answer, type Asked } from '@inferway/provider-kit/testing';
import { createTogether } from '../../src/index.js';

/** Calls of Together, where a server answers so. */
export function asked<T>(
  answers: object | Answer,
  calls: (client: Client<ReturnType<typeof createTogether>>) => Promise<T>,
): Promise<Asked<T>> {
  const provider = (baseUrl: string): ReturnType<typeof createTogether> =>
    createTogether({ apiKey: 'tgp_v1_test', baseUrl: `${baseUrl}/v1` });
  return askedOf(answers, provider, calls);
}

export const USAGE: JsonObject = {
  prompt_tokens: 9,
  completion_tokens: 2,
  total_tokens: 11,
  cached_tokens: 4,
};

/** An answer that says so. */
export function completion(content: string, more: JsonObject = {}): JsonObject {
  const message = { role: 'assistant', content, ...more };
  return {
    id: 'o1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    prompt: [],
    choices: [{ index: 0, seed: 1, finish_reason: 'eos', message }],
    usage: USAGE,
  };
}

type Chat = InputOf<'chat'> & { readonly model: `together/${string}` };

/** A chat with `model`. */
export function chat(model: string, more: Partial<InputOf<'chat'>> = {}): Chat {
  return { messages: [{ role: 'user', content: 'Hi' }], ...more, model: `together/${model}` };
}
