import type { JsonObject } from '@inferway/core';
import { json, streamOf } from '@inferway/provider-kit/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTogether } from '../src/index.js';
import { asked, chat, completion, USAGE } from './support/asked.js';

const HELLO = completion('Hello.');

afterEach(() => vi.unstubAllEnvs());

describe('What is sent', () => {
  async function sent(...[model, more]: Parameters<typeof chat>): Promise<{
    body: JsonObject;
    warned: (string | undefined)[];
  }> {
    const { seen, answer } = await asked(HELLO, (client) => client.chat(chat(model, more)));
    expect(seen[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer tgp_v1_test' },
    });
    return {
      body: seen[0]?.body as JsonObject,
      warned: answer.meta.warnings?.map(({ setting }) => setting) ?? [],
    };
  }

  it('is the sampling that Together has beyond OpenAI’s, and no option for usage', async () => {
    const settings = { topK: 40, minP: 0.1, repetitionPenalty: 1.1, seed: 3, stop: ['x'] };
    const { body, warned } = await sent('meta-llama/Llama-3.3-70B-Instruct-Turbo', settings);
    expect(body).toMatchObject({ top_k: 40, min_p: 0.1, repetition_penalty: 1.1, seed: 3 });
    expect(warned).toEqual([]);
    const { seen } = await asked(HELLO, (client) => client.chat.stream(chat('m')));
    expect(seen[0]?.body).not.toHaveProperty('stream_options');
  });

  it('is not what Together has no field for: told, not refused', async () => {
    const { body, warned } = await sent('m', {
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'k',
      tools: [{ name: 'look' }],
      parallelToolCalls: false,
    });
    for (const field of ['user', 'metadata', 'service_tier', 'prompt_cache_key']) {
      expect(body).not.toHaveProperty(field);
    }
    expect(body).not.toHaveProperty('parallel_tool_calls');
    expect(warned.toSorted()).toEqual([
      'metadata',
      'parallelToolCalls',
      'promptCacheKey',
      'serviceTier',
      'user',
    ]);
  });

  it.each([
    ['moonshotai/Kimi-K2.6', 'none', { reasoning: { enabled: false } }, 0],
    ['moonshotai/Kimi-K2.6', 'low', { reasoning: { enabled: true }, reasoning_effort: 'low' }, 0],
    ['zai-org/GLM-5', 'max', { reasoning: { enabled: true }, reasoning_effort: 'high' }, 1],
    ['zai-org/GLM-5', 'minimal', { reasoning: { enabled: true }, reasoning_effort: 'low' }, 1],
    ['openai/gpt-oss-120b', 'medium', { reasoning_effort: 'medium' }, 0],
    // It cannot be told not to reason.
    ['openai/gpt-oss-120b', 'none', { reasoning_effort: 'low' }, 1],
  ] as const)('of reasoning for %s with %s is %j', async (model, effort, fields, warnings) => {
    const { body, warned } = await sent(model, { reasoning: { effort } });
    expect(body).toMatchObject(fields);
    expect(Object.keys(body).filter((key) => key.startsWith('reasoning'))).toEqual(
      Object.keys(fields),
    );
    expect(warned).toHaveLength(warnings);
  });

  it('holds a schema in OpenAI’s form and in the flat one', async () => {
    const schema = { type: 'object', properties: {} };
    const output = { type: 'json-schema', schema, name: 'x' } as const;
    const { seen } = await asked(completion('{}'), (client) => client.chat(chat('m', { output })));
    expect(seen[0]?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema }, schema },
    });
  });

  it('holds earlier reasoning, whoever’s it was, with the calls beside it', async () => {
    const { body, warned } = await sent('m', {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'Hm.',
              opaque: { format: 'anthropic-messages', value: { signature: 's' } },
            },
            { type: 'tool-call', id: 'c1', name: 'look', arguments: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c1', content: 'x' }] },
      ],
    });
    expect((body['messages'] as JsonObject[])[1]).toMatchObject({
      reasoning: 'Hm.',
      tool_calls: [{ id: 'c1' }],
    });
    expect(warned).toEqual([]);
  });

  it('goes where the option or Together’s own variable says', async () => {
    const { seen } = await asked(HELLO, async () => {});
    expect(seen).toEqual([]);
    vi.stubEnv('TOGETHER_BASE_URL', 'no address');
    expect(() => createTogether()).toThrow(/^TOGETHER_BASE_URL/u);
    expect(createTogether({ baseUrl: 'https://proxy.example/v1' }).name).toBe('together');
  });
});

describe('What comes back', () => {
  it('is read with its flat count of cached tokens and its own finish reason', async () => {
    const { answer } = await asked(HELLO, (client) => client.chat(chat('m')));
    expect(answer).toMatchObject({
      text: 'Hello.',
      finishReason: { unified: 'stop', raw: 'eos' },
      usage: { inputTokens: 9, outputTokens: 2, cacheReadTokens: 4 },
    });
  });

  it('streams usage in the last chunk with text, beside fields that nobody asked for', async () => {
    const one = (text: string, more: object = {}, end: object = {}): object => ({
      id: 'o1',
      object: 'chat.completion.chunk',
      choices: [
        {
          index: 0,
          text,
          logprobs: null,
          finish_reason: null,
          seed: null,
          delta: { token_id: 791, role: 'assistant', content: text, tool_calls: null },
          ...end,
        },
      ],
      model: 'm',
      usage: null,
      ...more,
    });
    const { answer } = await asked(
      streamOf(one('Hel'), one('lo.', { usage: USAGE }, { finish_reason: 'eos', seed: 7 })),
      async (client) => (await client.chat.stream(chat('m'))).result,
    );
    expect(answer.text).toBe('Hello.');
    expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2, cacheReadTokens: 4 });
    expect(answer.finishReason.raw).toBe('eos');
  });

  it.each(['reasoning', 'reasoning_content'])('has reasoning in %s', async (field) => {
    const body = completion('Hello.', { [field]: 'Hm.' });
    const { answer } = await asked(body, (client) => client.chat(chat('m')));
    expect(answer.message.content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Hello.' },
    ]);
  });

  it('has reasoning in the text of R1, and only there', async () => {
    const body = completion('<think>\nHm.\n</think>\n\nHello.');
    const r1 = await asked(body, (client) => client.chat(chat('deepseek-ai/DeepSeek-R1')));
    expect(r1.answer.text).toBe('Hello.');
    const other = await asked(body, (client) => client.chat(chat('m')));
    expect(other.answer.text).toContain('<think>');
  });

  it('tells the dynamic limits where there are no others', async () => {
    const { answer } = await asked(
      (_, response) =>
        json(response, 200, HELLO, {
          'retry-after': '30',
          'x-ratelimit-limit-dynamic': '20',
          'x-ratelimit-remaining-dynamic': '19',
          'x-ratelimit-reset': '1',
          'x-tokenlimit-limit': '6000',
          'x-tokenlimit-remaining': '5000',
        }),
      (client) => client.chat(chat('m')),
    );
    expect(answer.meta.rateLimit).toEqual({
      requests: { limit: 20, remaining: 19, resetMs: 1000, windowMs: 1000 },
      tokens: { limit: 6000, remaining: 5000, resetMs: undefined, windowMs: 1000 },
    });
  });

  it('of a refusal keeps the longer of the two waits', async () => {
    const refused = (headers: Record<string, string>) =>
      asked(
        (_, response) =>
          json(
            response,
            429,
            { id: 'o1', error: { message: 'x', error_type: 'dynamic_token_limited' } },
            headers,
          ),
        async (client) => client.chat(chat('m')).catch((reason: unknown) => reason),
      );
    const error = { code: 'rate_limit', providerCode: 'dynamic_token_limited' };
    const { answer } = await refused({ 'x-ratelimit-reset': '3' });
    expect(answer).toMatchObject({ ...error, retryAfterMs: 3000 });
    const both = await refused({ 'x-ratelimit-reset': '3', 'retry-after': '9' });
    expect(both.answer).toMatchObject({ ...error, retryAfterMs: 9000 });
  });
});

describe('The listing', () => {
  it('is a bare list; zeros are no prices, but for a model that is free', async () => {
    const pricing = { hourly: 0, input: 0.88, output: 0.88, base: 0, finetune: 0 };
    const none = { ...pricing, input: 0, output: 0 };
    const { answer, seen } = await asked(
      [
        { id: 'a/chat', type: 'chat', organization: 'A', context_length: 8192, pricing },
        { id: 'b/img', type: 'image', pricing: none },
        { id: 'c/chat-Free', type: 'chat', pricing: none },
        { id: 'd/new', type: 'brand-new', pricing: none },
        { type: 'chat' },
        'junk',
      ],
      (client) => client.models(),
    );
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/v1/models' });
    const [chatModel, image, free, unknown] = answer.models;
    expect(answer.models).toHaveLength(4);
    expect(chatModel).toMatchObject({
      id: 'a/chat',
      ownedBy: 'A',
      contextLength: 8192,
      operations: ['chat'],
      prices: { input: 880_000_000, output: 880_000_000 },
    });
    expect(image).toMatchObject({ operations: ['image'], outputModalities: ['image'] });
    expect(image?.prices).toBeUndefined();
    expect(free).toMatchObject({ free: true, prices: { input: 0, output: 0 } });
    expect(unknown?.prices).toBeUndefined();
    expect(unknown?.operations).toBeUndefined();
  });
});
