import { isJsonObject, type JsonObject } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { asked, chat, completion } from './support/asked.js';

const HELLO = completion('Hello.');
const LLAMA = 'llama-3.3-70b-versatile';

async function sent(...[model, more]: Parameters<typeof chat>): Promise<{
  body: JsonObject;
  warned: (string | undefined)[];
}> {
  const { seen, answer } = await asked(HELLO, (client) => client.chat(chat(model, more)));
  const body = seen[0]?.body;
  return {
    body: isJsonObject(body) ? body : {},
    warned: answer.meta.warnings?.map(({ setting }) => setting) ?? [],
  };
}

const CONVERSATION = [
  { role: 'user', content: 'Hi' },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool-call', id: 'c1', name: 'look', arguments: '{}' },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 'c1', name: 'look', content: 'x' }] },
] as const;

describe('What is sent', () => {
  it('goes to Groq’s paths, with the newer field for the longest answer', async () => {
    const { seen } = await asked(HELLO, async (client) => {
      await client.chat(chat(LLAMA, { maxOutputTokens: 5 }));
      await client.chat.stream(chat(LLAMA));
    });
    expect(seen[0]).toMatchObject({
      url: '/openai/v1/chat/completions',
      headers: { authorization: 'Bearer gsk_test_0123456789' },
      body: { max_completion_tokens: 5 },
    });
    // Usage comes unasked, and unknown members are refused.
    expect(seen[1]?.body).toEqual({
      model: LLAMA,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    });
  });

  it('is nothing that Groq refuses or does not heed: told instead', async () => {
    const { body, warned } = await sent(LLAMA, {
      topK: 1,
      minP: 0.1,
      repetitionPenalty: 1.1,
      frequencyPenalty: 1,
      presencePenalty: 1,
      logprobs: 2,
      choices: 2,
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      seed: 1,
      user: 'u',
    });
    expect(body).toMatchObject({ seed: 1, user: 'u' });
    expect(Object.keys(body).toSorted()).toEqual(['messages', 'model', 'seed', 'user']);
    expect(warned).toHaveLength(9);
  });

  it.each([
    ['openai/gpt-oss-120b', 'low', 'low', 0],
    ['openai/gpt-oss-120b', 'none', 'low', 1],
    ['openai/gpt-oss-20b', 'max', 'high', 1],
    ['qwen/qwen3-32b', 'none', 'none', 0],
    ['qwen/qwen3-32b', 'medium', 'default', 0],
    ['qwen/qwen3-32b', 'high', 'default', 1],
    ['qwen/qwen3.8-27b', 'low', 'low', 0],
    ['qwen/qwen3.8-27b', 'none', 'none', 0],
    [LLAMA, 'low', undefined, 1],
  ] as const)('as effort for %s with %s is %s', async (model, effort, word, warnings) => {
    const { body, warned } = await sent(model, { reasoning: { effort } });
    expect(body['reasoning_effort']).toBe(word);
    expect(warned).toHaveLength(warnings);
  });

  it('asks for reasoning apart from the text where models mix them, unless told otherwise', async () => {
    expect((await sent('qwen/qwen3-32b')).body['reasoning_format']).toBe('parsed');
    expect((await sent('openai/gpt-oss-120b')).body).not.toHaveProperty('reasoning_format');
    expect((await sent(LLAMA)).body).not.toHaveProperty('reasoning_format');
    const hidden = { providerOptions: { groq: { reasoning_format: 'hidden' } } } as const;
    expect((await sent('qwen/qwen3-32b', hidden)).body['reasoning_format']).toBe('hidden');
    const left = { providerOptions: { groq: { include_reasoning: false } } };
    const { body } = await sent('qwen/qwen3-32b', left);
    expect(body).toMatchObject({ include_reasoning: false });
    expect(body).not.toHaveProperty('reasoning_format');
    const passed = { format: 'openai-chat', fields: { include_reasoning: true } };
    expect((await sent('qwen/qwen3-32b', { passthrough: passed })).body).not.toHaveProperty(
      'reasoning_format',
    );
  });

  it('holds earlier reasoning for models that take it, and calls for all', async () => {
    for (const [model, reasoning] of [
      ['openai/gpt-oss-120b', 'Hm.'],
      ['qwen/qwen3-32b', 'Hm.'],
      [LLAMA, undefined],
      ['moonshotai/kimi-k2-instruct', undefined],
    ] as const) {
      const { body, warned } = await sent(model, { messages: CONVERSATION });
      const [, assistant, tool] = body['messages'] as JsonObject[];
      expect(assistant?.['reasoning']).toBe(reasoning);
      expect(assistant).toMatchObject({ tool_calls: [{ id: 'c1' }] });
      expect(assistant).not.toHaveProperty('reasoning_content');
      expect(tool).toEqual({ role: 'tool', tool_call_id: 'c1', content: 'x' });
      expect(warned).toHaveLength(reasoning === undefined ? 1 : 0);
    }
  });

  it.each([
    ['default', 'on_demand'],
    ['priority', 'performance'],
    ['flex', 'flex'],
    ['auto', 'auto'],
    ['scale', undefined],
  ])('of the tier %s is %s', async (serviceTier, word) => {
    const { body, warned } = await sent(LLAMA, { serviceTier });
    expect(body['service_tier']).toBe(word);
    expect(warned).toEqual(word === undefined ? ['serviceTier'] : []);
  });

  it('is a schema for models that keep to one, and JSON with a warning for others', async () => {
    const output = { type: 'json-schema', schema: { type: 'object' } } as const;
    for (const [model, type] of [
      ['openai/gpt-oss-20b', 'json_schema'],
      ['meta-llama/llama-4-scout-17b-16e-instruct', 'json_schema'],
      ['moonshotai/kimi-k2-instruct-0905', 'json_schema'],
      [LLAMA, 'json_object'],
      ['qwen/qwen3-32b', 'json_object'],
    ] as const) {
      const { seen, answer } = await asked(completion('{}'), (client) =>
        client.chat(chat(model, { output })),
      );
      expect(seen[0]?.body).toMatchObject({ response_format: { type } });
      expect(answer.meta.warnings?.length ?? 0).toBe(type === 'json_schema' ? 0 : 1);
    }
  });
});

describe('A base address', () => {
  it.each(['', '/', '/openai/v1', '/openai/v1/'])('may end in %j', async (end) => {
    const { createGroq } = await import('../src/index.js');
    const { asked: askedOf } = await import('@inferway/provider-kit/testing');
    const { seen } = await askedOf(
      HELLO,
      (baseUrl) => createGroq({ apiKey: 'gsk_test', baseUrl: baseUrl + end }),
      (client) => client.chat(chat(LLAMA)),
    );
    expect(seen[0]?.url).toBe('/openai/v1/chat/completions');
  });
});
