import { createClient } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOpenAI, type OpenAIOptions } from '../src/index.js';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  vi.unstubAllEnvs();
});

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_763_000_000,
  model: 'gpt-5.4-2026-03-05',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello.', refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 12,
    completion_tokens: 30,
    total_tokens: 42,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 20 },
  },
};

const HEADERS = {
  'x-request-id': 'req_1',
  'openai-processing-ms': '123',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-limit-tokens': '200000',
  'x-ratelimit-remaining-tokens': '199000',
  'x-ratelimit-reset-tokens': '6m0s',
};

async function serve(answer: Parameters<typeof loopback>[0]): Promise<Loopback> {
  const server = await loopback(answer);
  open.push(server);
  return server;
}

function clientOf(server: Loopback, options: OpenAIOptions = {}) {
  const client = createClient({
    providers: [
      createOpenAI({
        apiKey: 'sk-test',
        baseUrl: `${server.baseUrl}/v1`,
        api: 'chat-completions',
        ...options,
      }),
    ],
  });
  open.push(client);
  return client;
}

const ask = (id: string) =>
  ({
    model: `openai/${id}`,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Say hello.' },
    ],
  }) as const;

const settings = { temperature: 0.5, topP: 0.9, frequencyPenalty: 1, logprobs: 2, seed: 1 };

describe('createOpenAI with Chat Completions', () => {
  it('chats, and tells usage, limits, request id and the server’s time', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION, HEADERS));
    const client = clientOf(server, { organization: 'org-1', project: 'proj-1' });
    const answer = await client.chat(ask('gpt-5.4'));
    expect(answer.text).toBe('Hello.');
    expect(answer.usage).toMatchObject({
      inputTokens: 12,
      cacheReadTokens: 4,
      outputTokens: 30,
      reasoningTokens: 20,
    });
    expect(answer.meta).toMatchObject({
      provider: 'openai',
      requestId: 'req_1',
      timings: { server: { processing: 123 } },
      rateLimit: {
        requests: { limit: 10_000, remaining: 9999, resetMs: 6 },
        tokens: { limit: 200_000, remaining: 199_000, resetMs: 360_000 },
      },
    });
    expect(server.seen[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer sk-test',
        'openai-organization': 'org-1',
        'openai-project': 'proj-1',
      },
    });
  });

  it.each([
    'gpt-5',
    'gpt-5-mini',
    'gpt-5.1',
    'gpt-6-sol',
    'o3',
    'o4-mini-2025-04-16',
    'ft:o4-mini:me::x',
  ])('asks %s as a reasoning model: developer role, no sampling settings', async (id) => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const answer = await clientOf(server).chat({
      ...ask(id),
      ...settings,
      maxOutputTokens: 50,
      reasoning: 'low',
    });
    const body = server.seen[0]?.body as { messages: { role: string }[] };
    expect(body).toMatchObject({ max_completion_tokens: 50, reasoning_effort: 'low', seed: 1 });
    expect(body.messages[0]?.role).toBe('developer');
    for (const field of ['temperature', 'top_p', 'frequency_penalty', 'logprobs', 'max_tokens']) {
      expect(body).not.toHaveProperty(field);
    }
    expect(answer.meta.warnings?.map((warning) => warning.setting).toSorted()).toEqual([
      'frequencyPenalty',
      'logprobs',
      'temperature',
      'topP',
    ]);
  });

  it.each(['gpt-4.1', 'gpt-4o-mini', 'gpt-5-chat-latest', 'ft:gpt-4o:me::x', 'gpt-3.5-turbo'])(
    'asks %s as a model that samples',
    async (id) => {
      const server = await serve((_, response) => json(response, 200, COMPLETION));
      const answer = await clientOf(server).chat({ ...ask(id), ...settings, maxOutputTokens: 50 });
      const body = server.seen[0]?.body as { messages: { role: string }[] };
      expect(body).toMatchObject({ max_completion_tokens: 50, temperature: 0.5, top_p: 0.9 });
      expect(body.messages[0]?.role).toBe('system');
      expect(answer.meta.warnings).toBeUndefined();
    },
  );

  it('lets models from 5.1 to before 6 sample when told not to reason', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const client = clientOf(server);
    for (const id of ['gpt-5.1', 'gpt-5.4-mini', 'gpt-6-sol', 'gpt-5']) {
      await client.chat({ ...ask(id), temperature: 0.5, reasoning: 'none' });
    }
    const sent = server.seen.map((seen) => (seen.body as { temperature?: number }).temperature);
    expect(sent).toEqual([0.5, 0.5, undefined, undefined]);
  });

  it.each([
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5', 'max', 'high'],
    ['gpt-5.1', 'minimal', 'none'],
    ['gpt-5.4', 'xhigh', 'xhigh'],
    ['gpt-6-sol', 'max', 'max'],
    ['o3', 'xhigh', 'high'],
  ] as const)('turns the effort for %s from %s into %s', async (id, effort, sent) => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const answer = await clientOf(server).chat({ ...ask(id), reasoning: effort });
    expect(server.seen[0]?.body).toMatchObject({ reasoning_effort: sent });
    expect(answer.meta.warnings?.length ?? 0).toBe(effort === sent ? 0 : 1);
  });

  it('drops what no model of OpenAI’s takes, with a warning', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const answer = await clientOf(server).chat({ ...ask('gpt-4.1'), topK: 5, minP: 0.1 });
    expect(answer.meta.warnings?.map((warning) => warning.setting)).toEqual(['topK', 'minP']);
  });

  it('merges its own options, typed, last', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    await clientOf(server).chat({
      ...ask('gpt-5'),
      providerOptions: { openai: { verbosity: 'low', prompt_cache_retention: '24h' } },
    });
    expect(server.seen[0]?.body).toMatchObject({ verbosity: 'low', prompt_cache_retention: '24h' });
  });

  it('parks an exhausted quota instead of retrying it', async () => {
    const error = {
      message: 'You exceeded your current quota',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    };
    const server = await serve((_, response) => json(response, 429, { error }, HEADERS));
    await expect(clientOf(server).chat(ask('gpt-5'))).rejects.toMatchObject({
      code: 'billing',
      retryable: false,
      fallbackable: true,
      status: 429,
      requestId: 'req_1',
    });
  });

  it('reads its key on the first call, and names variable and option without one', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const client = clientOf(server, { apiKey: undefined });
    await expect(client.chat(ask('gpt-5'))).rejects.toMatchObject({
      code: 'authentication',
      message: expect.stringMatching(/OPENAI_API_KEY.*"apiKey"/u) as string,
    });
    vi.stubEnv('OPENAI_API_KEY', 'sk-env');
    await client.chat(ask('gpt-5'));
    expect(server.seen[0]?.headers.authorization).toBe('Bearer sk-env');
  });

  it('embeds, completes and lists models', async () => {
    const server = await serve((seen, response) => {
      if (seen.url === '/v1/models')
        json(response, 200, { data: [{ id: 'gpt-5', owned_by: 'openai' }] });
      else if (seen.url === '/v1/embeddings') {
        json(response, 200, {
          data: [{ index: 0, embedding: [1] }],
          model: 'e',
          usage: { prompt_tokens: 1 },
        });
      } else
        json(response, 200, { id: 'c', choices: [{ index: 0, text: 'x', finish_reason: 'stop' }] });
    });
    const client = clientOf(server);
    expect(
      (await client.embed({ model: 'openai/text-embedding-3-small', input: 'a' })).embeddings,
    ).toEqual([[1]]);
    expect(
      (await client.complete({ model: 'openai/gpt-3.5-turbo-instruct', prompt: 'a' })).text,
    ).toBe('x');
    expect((await client.models()).models).toMatchObject([{ id: 'gpt-5', provider: 'openai' }]);
  });
});
