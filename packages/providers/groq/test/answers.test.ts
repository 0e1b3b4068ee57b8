import type { InferwayError } from '@inferway/core';
import { json, streamOf } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { asked, chat, completion, USAGE } from './support/asked.js';

const HELLO = completion('Hello.');
const TIMES = { queue: 50, prompt: 2, completion: 4, total: 6 };

const chunk = (delta: object, more: object = {}, reason: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  ...more,
});
const FIRST = chunk({ role: 'assistant', content: '' }, { x_groq: { id: 'req_1', seed: 1 } });

const failure = (answers: Parameters<typeof asked>[0]): Promise<unknown> =>
  asked(answers, (client) =>
    client.chat
      .stream(chat('m'))
      .then((stream) => stream.result)
      .catch((reason: unknown) => reason),
  ).then(({ answer }) => answer);

describe('An answer', () => {
  it('tells usage and the times within, and limits per day and per minute', async () => {
    const headers = {
      'x-request-id': 'req_1',
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-reset-requests': '2m59.56s',
      'x-ratelimit-limit-tokens': '18000',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-tokens': '7.66s',
    };
    const { answer } = await asked(
      (_, response) => json(response, 200, HELLO, headers),
      (client) => client.chat(chat('m')),
    );
    expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2, cacheReadTokens: 4 });
    expect(answer.meta.timings?.server).toEqual(TIMES);
    expect(answer.meta.rateLimit).toEqual({
      requests: { limit: 14_400, remaining: 14_370, resetMs: 179_560, windowMs: 86_400_000 },
      tokens: { limit: 18_000, remaining: 17_997, resetMs: 7660, windowMs: 60_000 },
    });
  });

  it.each([
    ['in both places', { usage: USAGE, x_groq: { id: 'req_1', usage: USAGE } }],
    ['in x_groq alone, as older streams have it', { x_groq: { id: 'req_1', usage: USAGE } }],
  ])('streamed has usage and times %s', async (_, more) => {
    const { answer } = await asked(
      streamOf(
        FIRST,
        chunk({ reasoning: 'Hm.' }),
        chunk({ content: 'Hi' }),
        chunk({}, more, 'stop'),
      ),
      async (client) => (await client.chat.stream(chat('m'))).result,
    );
    expect(answer.message.content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Hi' },
    ]);
    expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2, cacheReadTokens: 4 });
    expect(answer.meta.timings?.server).toEqual(TIMES);
  });

  it('in raw format is told apart from its reasoning all the same', async () => {
    const body = completion('<think>\nHm.\n</think>\n\nHello.');
    const { answer } = await asked(body, (client) => client.chat(chat('qwen/qwen3-32b')));
    expect(answer.text).toBe('Hello.');
  });
});

describe('A failure', () => {
  const tool = {
    error: {
      message: "Failed to call a function. Please adjust your prompt. See 'failed_generation'.",
      type: 'invalid_request_error',
      code: 'tool_use_failed',
      failed_generation: '<function=look{"city": "Par</function>',
    },
  };

  it.each([
    ['with a status', (status: number) => failure((_, response) => json(response, status, tool))],
    ['in the middle of a stream', () => failure(streamOf(FIRST, chunk({ content: 'I' }), tool))],
    [
      'as an event of its own',
      () =>
        failure((_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end(`event: error\ndata: ${JSON.stringify(tool)}\n\n`);
        }),
    ],
  ])('of a tool call that cannot be parsed, %s, can be tried again', async (_, failed) => {
    const error = (await failed(400)) as InferwayError;
    expect(error).toMatchObject({
      code: 'tool_use_failed',
      retryable: true,
      fallbackable: true,
      provider: 'groq',
      model: 'm',
    });
    expect(error.message).toMatch(/"failed_generation" of the error’s "body"\. Try again/u);
    expect(error.message).not.toContain('<function');
    expect(error.body).toContain('<function=look');
    expect(JSON.stringify(error)).not.toContain('<function');
  });

  it.each([
    [
      400,
      { code: 'json_validate_failed', message: 'Failed to generate JSON.', failed_generation: '{' },
      { code: 'invalid_request', retryable: true, fallbackable: true },
    ],
    [
      498,
      { code: 'capacity_exceeded', message: 'No flex capacity.' },
      { code: 'overloaded', retryable: true, message: /Try again shortly/u },
    ],
    [
      413,
      { code: 'rate_limit_exceeded', type: 'tokens', message: 'Request too large for model `m`.' },
      { code: 'too_large', retryable: false, fallbackable: true },
    ],
    [400, { code: 'model_decommissioned', message: 'Gone.' }, { code: 'not_found' }],
    [403, { code: 'model_terms_required', message: 'Accept.' }, { code: 'permission' }],
    [401, { code: 'invalid_api_key', message: 'Invalid API Key' }, { code: 'authentication' }],
    [429, { code: 'rate_limit_exceeded', message: 'x' }, { code: 'rate_limit', retryable: true }],
  ])('%i %j is typed', async (status, error, expected) => {
    const { message, ...rest } = expected as { message?: RegExp };
    const thrown = (await failure((_, response) =>
      json(response, status, { error }),
    )) as InferwayError;
    expect(thrown).toMatchObject({ ...rest, status, providerCode: error.code });
    if (message !== undefined) expect(thrown.message).toMatch(message);
  });

  it('of capacity in the middle of a stream is not an answer that was cut', async () => {
    const wire = streamOf(FIRST, chunk({ content: 'Hi' }), {
      id: 'c',
      choices: [],
      x_groq: { id: 'req_1', error: 'over_capacity' },
    });
    expect(await failure(wire)).toMatchObject({
      code: 'overloaded',
      retryable: true,
      status: 200,
      partial: { message: { content: [{ type: 'text', text: 'Hi' }] } },
    });
  });
});

describe('The listing', () => {
  it('tells context, the longest answer, what a model does, and what is no longer served', async () => {
    const { answer, seen } = await asked(
      {
        object: 'list',
        data: [
          { id: 'm', active: true, context_window: 131_072, max_completion_tokens: 32_768 },
          { id: 'whisper-large-v3', active: true, context_window: 448, max_completion_tokens: 448 },
          { id: 'playai-tts', active: false },
        ],
      },
      (client) => client.models(),
    );
    expect(seen[0]?.url).toBe('/openai/v1/models');
    const [m, whisper, speech] = answer.models;
    expect(m).toMatchObject({
      contextLength: 131_072,
      maxOutputTokens: 32_768,
      operations: ['chat'],
      deprecated: undefined,
    });
    expect(whisper).toMatchObject({ operations: ['transcribe'], inputModalities: ['audio'] });
    expect(whisper?.maxOutputTokens).toBeUndefined();
    expect(speech).toMatchObject({ operations: ['speech'], deprecated: true });
  });
});
