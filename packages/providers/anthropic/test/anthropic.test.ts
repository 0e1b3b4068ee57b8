import { createClient, InferwayError } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnthropic, type AnthropicOptions } from '../src/index.js';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  vi.unstubAllEnvs();
});

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-7',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 3 },
};

const RESET = '2026-11-21T00:01:00Z';
const LIMITS = {
  date: 'Sat, 21 Nov 2026 00:00:00 GMT',
  'request-id': 'req_abc',
  'anthropic-ratelimit-requests-limit': '50',
  'anthropic-ratelimit-requests-remaining': '49',
  'anthropic-ratelimit-requests-reset': RESET,
  'anthropic-ratelimit-input-tokens-limit': '1000',
  'anthropic-ratelimit-input-tokens-remaining': '990',
  'anthropic-ratelimit-input-tokens-reset': RESET,
};

async function serve(answer: Parameters<typeof loopback>[0]): Promise<Loopback> {
  const server = await loopback(answer);
  open.push(server);
  return server;
}

function clientOf(server: Loopback, options: AnthropicOptions = {}) {
  const client = createClient({
    providers: [createAnthropic({ apiKey: 'sk-ant-test', baseUrl: server.baseUrl, ...options })],
  });
  open.push(client);
  return client;
}

const ask = (id: string) =>
  ({
    model: `anthropic/${id}`,
    messages: [{ role: 'user', content: 'Say hello.' }],
  }) as const;

describe('createAnthropic', () => {
  it('posts Messages with the key, the version and the required limit', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE, LIMITS));
    const answer = await clientOf(server).chat(ask('claude-opus-4-7'));
    expect(answer.text).toBe('Hello.');
    expect(answer.usage).toMatchObject({ inputTokens: 15, cacheReadTokens: 5, outputTokens: 3 });
    expect(answer.meta).toMatchObject({
      provider: 'anthropic',
      requestId: 'req_abc',
      rateLimit: {
        requests: { limit: 50, remaining: 49, resetMs: 60_000 },
        inputTokens: { limit: 1000, remaining: 990, resetMs: 60_000 },
      },
    });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/v1/messages',
      headers: { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2023-06-01' },
      body: { model: 'claude-opus-4-7', max_tokens: 32_000 },
    });
    expect(seen?.headers).not.toHaveProperty('authorization');
    expect(seen?.headers).not.toHaveProperty('anthropic-beta');
  });

  it('speaks version 2026-10-21 with a bearer key and without sampling settings', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    const client = clientOf(server, { version: '2026-10-21', betas: ['one-1', 'two-2'] });
    const answer = await client.chat({ ...ask('claude-haiku-4-5'), temperature: 0.5, topK: 3 });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-ant-test',
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'one-1,two-2',
    });
    expect(server.seen[0]?.headers).not.toHaveProperty('x-api-key');
    expect(server.seen[0]?.body).not.toHaveProperty('temperature');
    expect(server.seen[0]?.body).not.toHaveProperty('top_k');
    expect(answer.meta.warnings?.map((warning) => warning.setting)).toEqual([
      'temperature',
      'topK',
    ]);
  });

  it('sends a bearer key in the older version where a proxy asks for it', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    await clientOf(server, { auth: 'bearer' }).chat(ask('claude-opus-4-7'));
    expect(server.seen[0]?.headers.authorization).toBe('Bearer sk-ant-test');
  });

  it('keeps sampling settings for models of the older version that take them', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    const client = clientOf(server);
    await client.chat({ ...ask('claude-sonnet-4-5-20250929'), temperature: 0.5 });
    const answer = await client.chat({ ...ask('claude-opus-4-7'), temperature: 0.5 });
    expect(server.seen[0]?.body).toMatchObject({ temperature: 0.5 });
    expect(server.seen[1]?.body).not.toHaveProperty('temperature');
    expect(answer.meta.warnings).toMatchObject([{ type: 'unsupported', setting: 'temperature' }]);
  });

  it.each([
    ['claude-3-5-haiku-20241022', 8192, undefined, undefined],
    ['claude-3-7-sonnet-20250219', 32_000, 'enabled', undefined],
    ['claude-opus-4-5-20251101', 32_000, 'enabled', 'high'],
    ['claude-sonnet-4-6', 32_000, 'adaptive', 'max'],
    ['claude-opus-4-7', 32_000, 'adaptive', 'max'],
    ['claude-sonnet-5-5', 32_000, 'adaptive', 'max'],
  ])('asks %s for reasoning in the form it takes', async (id, maxTokens, thinking, effort) => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    await clientOf(server).chat({ ...ask(id), reasoning: 'max' });
    const body = server.seen[0]?.body as Record<string, { type?: string; effort?: string }>;
    expect(body.max_tokens).toBeGreaterThanOrEqual(maxTokens);
    expect(body.thinking?.type).toBe(thinking);
    expect(body.output_config?.effort).toBe(effort);
  });

  it('leaves thinking on, and system messages in their place, where the model has it so', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    const client = clientOf(server);
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'system', content: 'Be brief.' },
    ] as const;
    for (const id of ['claude-fable-5', 'claude-opus-4-8', 'claude-sonnet-5'])
      await client.chat({ ...ask(id), messages, reasoning: 'none' });
    const [fable, opus, sonnet] = server.seen.map(({ body }) => body);
    expect(fable).not.toHaveProperty('thinking');
    expect(fable).toMatchObject({ messages });
    expect(opus).toMatchObject({ messages, thinking: { type: 'disabled' } });
    expect(sonnet).toMatchObject({ system: 'Be brief.', thinking: { type: 'disabled' } });
  });

  it('takes another default limit, and its own options last', async () => {
    const server = await serve((_, response) => json(response, 200, MESSAGE));
    await clientOf(server, { maxOutputTokens: 100 }).chat({
      ...ask('claude-opus-4-7'),
      providerOptions: { anthropic: { speed: 'fast' } },
    });
    expect(server.seen[0]?.body).toMatchObject({ max_tokens: 100, speed: 'fast' });
  });

  it('streams', async () => {
    const events = [
      { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
      { type: 'message_stop' },
    ];
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_s' });
      for (const event of events) {
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      response.end();
    });
    const stream = await clientOf(server).chat.stream(ask('claude-opus-4-7'));
    expect(stream.meta.requestId).toBe('req_s');
    const answer = await stream.result;
    expect(answer.text).toBe('Hello.');
    expect(answer.usage).toMatchObject({ inputTokens: 15, outputTokens: 7 });
  });

  it.each([
    [429, 'rate_limit_error', 'slow down', 'rate_limit', true],
    [529, 'overloaded_error', 'Overloaded', 'overloaded', true],
    [400, 'invalid_request_error', 'messages: at least one', 'invalid_request', false],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
      'billing',
      false,
    ],
    [
      400,
      'invalid_request_error',
      'prompt is too long: 210000 tokens > 200000 maximum',
      'context_length',
      false,
    ],
    [401, 'authentication_error', 'invalid x-api-key', 'authentication', false],
    [413, 'request_too_large', 'too large', 'too_large', false],
  ])('reads a %i %s (%s) as %s', async (status, type, message, code, retryable) => {
    const server = await serve((_, response) =>
      json(response, status, { type: 'error', error: { type, message }, request_id: 'req_body' }),
    );
    const error: unknown = await clientOf(server)
      .chat(ask('claude-opus-4-7'))
      .catch((reason: unknown) => reason);
    expect(InferwayError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code,
      retryable,
      status,
      providerCode: type,
      requestId: 'req_body',
    });
  });

  it('lists the models of all pages', async () => {
    const server = await serve((seen, response) => {
      const second = seen.url?.includes('after_id=a') === true;
      json(response, 200, {
        data: [{ id: second ? 'b' : 'a', type: 'model', created_at: '2026-01-01T00:00:00Z' }, {}],
        has_more: !second,
        last_id: second ? 'b' : 'a',
      });
    });
    const { models, failures } = await clientOf(server).models();
    expect(failures).toEqual([]);
    expect(models).toMatchObject([
      { id: 'a', provider: 'anthropic', ownedBy: 'anthropic', created: 1_767_225_600 },
      { id: 'b' },
    ]);
    expect(server.seen.map((seen) => seen.url)).toEqual([
      '/v1/models?limit=1000',
      '/v1/models?limit=1000&after_id=a',
    ]);
    expect(server.seen[0]?.headers['x-api-key']).toBe('sk-ant-test');
  });

  it('names the variable and the option where there is no key', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', '');
    const server = await serve(() => {});
    const client = createClient({ providers: [createAnthropic({ baseUrl: server.baseUrl })] });
    await expect(client.chat(ask('claude-opus-4-7'))).rejects.toMatchObject({
      code: 'authentication',
      message: expect.stringMatching(/ANTHROPIC_API_KEY.*"apiKey"/u) as string,
    });
  });
});
