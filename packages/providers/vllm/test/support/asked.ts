import type { Client, InputOf, JsonObject } from '@inferway/core';
import { asked as askedOf, type Answer, type Asked } from '@inferway/provider-kit/testing';
import { createVllm, type VllmOptions } from '../../src/index.js';

/** Calls of a vLLM server that answers so. */
export function asked<T>(
  answers: object | Answer,
  calls: (client: Client<ReturnType<typeof createVllm>>) => Promise<T>,
  options: VllmOptions = {},
): Promise<Asked<T>> {
  const provider = (baseUrl: string): ReturnType<typeof createVllm> =>
    createVllm({ baseUrl: `${baseUrl}/v1`, ...options });
  return askedOf(answers, provider, calls);
}

/** An answer that says so. */
export function completion(
  content: string | null,
  message: JsonObject = {},
  choice: JsonObject = {},
): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null, tool_calls: [], ...message },
        logprobs: null,
        finish_reason: 'stop',
        stop_reason: null,
        token_ids: null,
        ...choice,
      },
    ],
    usage: {
      prompt_tokens: 9,
      total_tokens: 11,
      completion_tokens: 2,
      prompt_tokens_details: null,
    },
    prompt_logprobs: null,
    kv_transfer_params: null,
  };
}

type Chat = InputOf<'chat'> & { readonly model: `vllm/${string}` };

/** A chat with `model`. */
export function chat(model: string, more: Partial<InputOf<'chat'>> = {}): Chat {
  return { messages: [{ role: 'user', content: 'Hi' }], ...more, model: `vllm/${model}` };
}
