import type { JsonObject } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createVllm } from '../src/index.js';
import { asked, chat, completion } from './support/asked.js';

afterEach(() => vi.unstubAllEnvs());

const HELLO = completion('Hello.');
const CONVERSATION = [
  { role: 'user', content: 'Hi' },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool-call', id: 'c1', name: 'look', arguments: '{}' },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 'c1', content: 'x' }] },
] as const;

async function sent(...[model, more]: Parameters<typeof chat>): Promise<{
  body: JsonObject;
  warned: (string | undefined)[];
}> {
  const { seen, answer } = await asked(HELLO, (client) => client.chat(chat(model, more)));
  return {
    body: seen[0]?.body as JsonObject,
    warned: answer.meta.warnings?.map(({ setting }) => setting) ?? [],
  };
}

describe('The server', () => {
  it('needs no key, and gets the one that there is', async () => {
    const keyless = await asked(HELLO, (client) => client.chat(chat('m')));
    expect(keyless.seen[0]?.url).toBe('/v1/chat/completions');
    expect(keyless.seen[0]?.headers).not.toHaveProperty('authorization');
    vi.stubEnv('VLLM_API_KEY', 'token-of-the-environment');
    const keyed = await asked(HELLO, (client) => client.chat(chat('m')));
    expect(keyed.seen[0]?.headers.authorization).toBe('Bearer token-of-the-environment');
    const given = await asked(HELLO, (client) => client.chat(chat('m')), {
      apiKey: 'token-abc123',
    });
    expect(given.seen[0]?.headers.authorization).toBe('Bearer token-abc123');
  });

  it('is at port 8000 of this machine unless told otherwise', async () => {
    vi.stubEnv('VLLM_BASE_URL', 'nowhere');
    expect(() => createVllm()).toThrow(/^VLLM_BASE_URL/u);
    vi.stubEnv('VLLM_BASE_URL', '');
    expect(createVllm().name).toBe('vllm');
  });

  it('is asked in each of its protocols', async () => {
    const responses = {
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello.', annotations: [] }],
        },
      ],
      usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
    };
    const messages = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 2 },
    };
    for (const [api, url, body] of [
      ['chat-completions', '/v1/chat/completions', HELLO],
      ['responses', '/v1/responses', responses],
      ['messages', '/v1/messages', messages],
    ] as const) {
      const asking = chat('m', { messages: CONVERSATION });
      const { seen, answer } = await asked(body, (client) => client.chat(asking), { api });
      expect(answer.text).toBe('Hello.');
      expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
      expect(seen[0]?.url).toBe(url);
      // What was thought and called goes back in all of them.
      expect(JSON.stringify(seen[0]?.body)).toContain('"Hm."');
      expect(JSON.stringify(seen[0]?.body)).toContain('"c1"');
      expect(answer.meta.warnings).toBeUndefined();
    }
  });
});

describe('What is sent', () => {
  it('is the sampling of the engine, its own fields, and usage asked for', async () => {
    const { seen } = await asked(HELLO, (client) =>
      client.chat.stream(
        chat('m', {
          topK: 40,
          minP: 0.1,
          repetitionPenalty: 1.1,
          providerOptions: {
            vllm: {
              structured_outputs: { choice: ['a', 'b'] },
              priority: -1,
              prompt_logprobs: 1,
              chat_template_kwargs: { add_vision_id: true },
            },
          },
        }),
      ),
    );
    expect(seen[0]?.body).toMatchObject({
      top_k: 40,
      min_p: 0.1,
      repetition_penalty: 1.1,
      stream_options: { include_usage: true },
      structured_outputs: { choice: ['a', 'b'] },
      priority: -1,
      prompt_logprobs: 1,
      chat_template_kwargs: { add_vision_id: true },
    });
  });

  it('is not what the server takes without effect: told instead', async () => {
    const { body, warned } = await sent('m', {
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
    });
    expect(Object.keys(body).toSorted()).toEqual(['messages', 'model']);
    expect(warned.toSorted()).toEqual(['metadata', 'promptCacheKey', 'serviceTier', 'user']);
    const { seen, answer } = await asked({ choices: [{ text: 'x' }] }, (client) =>
      client.complete({ model: 'vllm/m', prompt: 'a', suffix: 'b' }),
    );
    expect(seen[0]?.body).not.toHaveProperty('suffix');
    expect(answer.meta.warnings).toMatchObject([{ setting: 'suffix' }]);
  });

  it('turns reasoning on and off in the template, whichever switch it has', async () => {
    const on = { enable_thinking: true, thinking: true };
    const off = { enable_thinking: false, thinking: false };
    const none = await sent('Qwen/Qwen3-8B', { reasoning: { effort: 'none' } });
    expect(none.body['chat_template_kwargs']).toEqual(off);
    // Older servers refuse the word.
    expect(none.body).not.toHaveProperty('reasoning_effort');
    const high = await sent('deepseek-ai/DeepSeek-V3.1', { reasoning: { effort: 'high' } });
    expect(high.body).toMatchObject({ reasoning_effort: 'high', chat_template_kwargs: on });
    const capped = await sent('m', { reasoning: { maxTokens: 512 } });
    expect(capped.body).toMatchObject({ thinking_token_budget: 512, chat_template_kwargs: on });
    expect(capped.warned).toEqual([]);
    const oss = await sent('openai/gpt-oss-20b', { reasoning: { effort: 'none' } });
    expect(oss.body['reasoning_effort']).toBe('low');
    expect(oss.warned).toEqual(['reasoning.effort']);
  });

  it('holds earlier reasoning under both names that servers have had for it', async () => {
    const { body, warned } = await sent('m', { messages: CONVERSATION });
    expect((body['messages'] as JsonObject[])[1]).toMatchObject({
      reasoning: 'Hm.',
      reasoning_content: 'Hm.',
      tool_calls: [{ id: 'c1' }],
    });
    expect(warned).toEqual([]);
  });
});
