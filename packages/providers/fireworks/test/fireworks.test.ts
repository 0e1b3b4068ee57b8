import type { JsonObject } from '@inferway/core';
import { json, streamOf } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { asked, chat, completion } from './support/asked.js';

const HELLO = completion('Hello.');
const MODEL = 'accounts/fireworks/models/llama-v3p3-70b-instruct';

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

describe('What is sent', () => {
  it.each([MODEL, 'accounts/me/deployments/d1'])('names the model %s as it is', async (id) => {
    const { seen, answer } = await asked(HELLO, (client) => client.chat(chat(id)));
    expect(seen[0]).toMatchObject({
      url: '/inference/v1/chat/completions',
      headers: { authorization: 'Bearer fw_test_0123456789' },
      body: { model: id },
    });
    expect(answer.meta.model).toBe(id);
  });

  it('names a model at a deployment in the older form by its own option', async () => {
    const model = `${MODEL}#accounts/me/deployments/d1`;
    const { body } = await sent(MODEL, { providerOptions: { fireworks: { model } } });
    expect(body['model']).toBe(model);
  });

  it('is nothing that Fireworks does not know, since that is refused', async () => {
    const { seen } = await asked(HELLO, (client) => client.chat.stream(chat(MODEL)));
    expect(seen[0]?.body).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      perf_metrics_in_response: true,
    });
  });

  it('is its sampling, and the key that finds the prompt’s cache again', async () => {
    const { body, warned } = await sent(MODEL, {
      topK: 40,
      minP: 0.1,
      repetitionPenalty: 1.1,
      promptCacheKey: 'session-1',
      serviceTier: 'priority',
      metadata: { a: 'b' },
      user: 'u',
      providerOptions: { fireworks: { prompt_cache_isolation_key: 'tenant-1' } },
    });
    expect(body).toMatchObject({
      top_k: 40,
      min_p: 0.1,
      repetition_penalty: 1.1,
      prompt_cache_key: 'session-1',
      prompt_cache_isolation_key: 'tenant-1',
      service_tier: 'priority',
      metadata: { a: 'b' },
      user: 'u',
    });
    expect(warned).toEqual([]);
  });

  it.each([
    [MODEL, 'none', 'none', 0],
    [MODEL, 'minimal', 'low', 1],
    [MODEL, 'xhigh', 'high', 1],
    ['accounts/fireworks/models/gpt-oss-120b', 'none', 'low', 1],
    ['accounts/fireworks/models/minimax-m2', 'none', 'low', 1],
    ['accounts/fireworks/models/minimax-m2', 'high', 'high', 0],
  ] as const)('as effort for %s with %s is %s', async (model, effort, word, warnings) => {
    const { body, warned } = await sent(model, { reasoning: { effort } });
    expect(body['reasoning_effort']).toBe(word);
    expect(warned).toHaveLength(warnings);
  });

  it('holds earlier reasoning in reasoning_content, with the calls beside it', async () => {
    const { body, warned } = await sent(MODEL, {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'tool-call', id: 'c1', name: 'look', arguments: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', id: 'c1', name: 'look', content: 'x' }] },
      ],
    });
    const [, assistant, tool] = body['messages'] as JsonObject[];
    expect(assistant).toMatchObject({ reasoning_content: 'Hm.', tool_calls: [{ id: 'c1' }] });
    expect(assistant).not.toHaveProperty('reasoning');
    expect(tool).not.toHaveProperty('name');
    expect(warned).toEqual([]);
  });

  it('can be Anthropic’s protocol, with the cache key as a header', async () => {
    const answer = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 2 },
    };
    const asking = chat(MODEL, {
      promptCacheKey: 'session-1',
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'text', text: 'Yes' },
          ],
        },
        { role: 'user', content: 'So?' },
      ],
    });
    const { seen, answer: said } = await asked(answer, (client) => client.chat(asking), {
      api: 'messages',
    });
    expect(said.text).toBe('Hello.');
    expect(seen[0]).toMatchObject({
      url: '/inference/v1/messages',
      headers: {
        authorization: 'Bearer fw_test_0123456789',
        'x-session-affinity': 'session-1',
        'anthropic-version': '2023-06-01',
      },
      body: { model: MODEL, messages: [{}, { content: [{ type: 'thinking' }, {}] }, {}] },
    });
  });
});

describe('What comes back', () => {
  const headers = {
    'fireworks-server-time-to-first-token': '0.087',
    'fireworks-server-processing-time': '0.45',
    'fireworks-cached-prompt-tokens': '4',
    'fireworks-deployment': 'accounts/fireworks/deployments/1',
    'x-ratelimit-limit-requests': '600',
    'x-ratelimit-remaining-requests': '599',
    'x-ratelimit-limit-tokens-prompt': '7200000',
    'x-ratelimit-remaining-tokens-prompt': '7193993',
    'x-ratelimit-limit-tokens-generated': '72000',
    'x-ratelimit-remaining-tokens-generated': '69338',
    'x-ratelimit-over-limit': 'yes',
  };

  it('tells times, limits and cached tokens in headers', async () => {
    const { answer } = await asked(
      (_, response) => json(response, 200, HELLO, headers),
      (client) => client.chat(chat(MODEL)),
    );
    expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2, cacheReadTokens: 4 });
    expect(answer.meta).toMatchObject({
      timings: { server: { firstToken: 87, processing: 450 } },
      rateLimit: {
        requests: { limit: 600, remaining: 599 },
        inputTokens: { limit: 7_200_000, remaining: 7_193_993 },
        outputTokens: { limit: 72_000, remaining: 69_338 },
      },
      headers: {
        'fireworks-cached-prompt-tokens': '4',
        'x-ratelimit-over-limit': 'yes',
      },
    });
  });

  it('streamed tells its times in the last chunk, as text or numbers', async () => {
    const chunk = (delta: object, more: object = {}, reason: string | null = null): object => ({
      id: '1',
      choices: [{ index: 0, delta, finish_reason: reason }],
      ...more,
    });
    const { answer } = await asked(
      streamOf(
        chunk({ role: 'assistant' }),
        chunk({ reasoning_content: 'Hm.' }),
        chunk({ content: 'Hello.' }),
        chunk(
          {},
          {
            usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
            perf_metrics: {
              'prompt-tokens': 9,
              'server-time-to-first-token': '0.125',
              'server-processing-time': 0.5,
              'prefill-duration': 0.0625,
              'backend-host': 'x',
            },
          },
          'stop',
        ),
      ),
      async (client) => (await client.chat.stream(chat(MODEL))).result,
    );
    expect(answer.message.content.map(({ type }) => type)).toEqual(['reasoning', 'text']);
    expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
    expect(answer.meta.timings?.server).toEqual({
      firstToken: 125,
      processing: 500,
      prefill: 62.5,
    });
  });

  it.each([
    [
      412,
      'Account me is suspended, possibly due to reaching the monthly spending limit',
      'billing',
    ],
    [403, 'Account me is suspended', 'billing'],
    [402, 'Payment required', 'billing'],
    [404, 'Model not found, inaccessible, and/or not deployed', 'not_found'],
    [503, 'Service overloaded', 'overloaded'],
    [429, 'rate limit exceeded, please try again later', 'rate_limit'],
    [408, 'timeout', 'timeout'],
    [400, 'The prompt is too long: 9, model maximum context length: 8', 'context_length'],
  ])('%i "%s" is %s', async (status, message, code) => {
    const { answer } = await asked(
      (_, response) => json(response, status, { error: { object: 'error', message } }),
      (client) => client.chat(chat(MODEL)).catch((reason: unknown) => reason),
    );
    expect(answer).toMatchObject({ code, status, provider: 'fireworks', model: MODEL });
  });

  it('as an error ends with what to do', async () => {
    const failed = async (status: number, message: string): Promise<string> => {
      const { answer } = await asked(
        (_, response) => json(response, status, { error: { message } }),
        (client) => client.chat(chat('typo')).catch((reason: unknown) => reason),
      );
      return (answer as Error).message;
    };
    expect(await failed(412, 'Account me is suspended')).toMatch(/billing and spend limits/u);
    expect(await failed(404, 'Model not found')).toMatch(/accounts\/fireworks\/models\/<model>/u);
  });
});

describe('The listing', () => {
  it('tells context, tools and images', async () => {
    const { answer, seen } = await asked(
      {
        object: 'list',
        data: [
          {
            id: MODEL,
            kind: 'HF_BASE_MODEL',
            owned_by: 'fireworks',
            supports_chat: true,
            supports_image_input: false,
            supports_tools: true,
            context_length: 131_072,
          },
        ],
      },
      (client) => client.models(),
    );
    expect(seen[0]?.url).toBe('/inference/v1/models');
    expect(answer.models).toMatchObject([
      { id: MODEL, contextLength: 131_072, tools: true, inputModalities: ['text'] },
    ]);
  });
});
