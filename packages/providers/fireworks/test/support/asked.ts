import type { Client, InputOf, JsonObject } from '@inferway/core';
import { asked as askedOf, type Answer, type Asked } from '@inferway/provider-kit/testing';
import { createFireworks, type FireworksOptions } from '../../src/index.js';

/** Calls of Fireworks, where a server answers so. */
export function asked<T>(
  answers: object | Answer,
  calls: (client: Client<ReturnType<typeof createFireworks>>) => Promise<T>,
  options: FireworksOptions = {},
): Promise<Asked<T>> {
  const provider = (baseUrl: string): ReturnType<typeof createFireworks> =>
    createFireworks({ apiKey: 'fw_test_0123456789', baseUrl: `${baseUrl}/inference`, ...options });
  return askedOf(answers, provider, calls);
}

/** An answer that says so. */
export function completion(content: string | null, more: JsonObject = {}): JsonObject {
  return {
    id: '1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content, ...more }, finish_reason: 'stop' },
    ],
    usage: {
      prompt_tokens: 9,
      total_tokens: 11,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: 4 },
    },
  };
}

type Chat = InputOf<'chat'> & { readonly model: `fireworks/${string}` };

/** A chat with `model`. */
export function chat(model: string, more: Partial<InputOf<'chat'>> = {}): Chat {
  return { messages: [{ role: 'user', content: 'Hi' }], ...more, model: `fireworks/${model}` };
}
