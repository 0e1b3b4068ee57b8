import type { InferwayError } from '@inferway/core';
import { json, streamOf } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { asked, chat, completion } from './support/asked.js';

const chunk = (delta: object, more: object = {}, choice: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: null, token_ids: null, ...choice }],
  ...more,
});

describe('An answer', () => {
  it.each([
    ['reasoning', { reasoning: 'Hm.' }],
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['both', { reasoning: 'Hm.', reasoning_content: 'Hm.' }],
  ])('has its reasoning once, in %s', async (_, fields) => {
    const whole = await asked(completion('Hi', fields), (client) => client.chat(chat('m')));
    const streamed = await asked(
      streamOf(chunk({ role: 'assistant', content: '' }), chunk(fields), chunk({ content: 'Hi' }), {
        ...chunk({}, {}, { finish_reason: 'stop', stop_reason: null }),
      }),
      async (client) => (await client.chat.stream(chat('m'))).result,
    );
    for (const { answer } of [whole, streamed]) {
      expect(answer.message.content).toEqual([
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: 'Hi' },
      ]);
    }
  });

  it('without a reasoning parser has it in the text, with one tag or two', async () => {
    for (const [thinkTags, text] of [
      ['tags', '<think>\nHm.\n</think>\n\nHi'],
      ['closing', 'Hm.\n</think>\n\nHi'],
    ] as const) {
      const { answer } = await asked(completion(text), (client) => client.chat(chat('m')), {
        thinkTags,
      });
      expect(answer.text).toBe('Hi');
      expect(answer.message.content[0]?.type).toBe('reasoning');
    }
  });

  it('keeps the stop sequence that ended it, the prompt’s log probabilities, and tool ids', async () => {
    const call = {
      id: 'chatcmpl-tool-0123456789abcdef',
      type: 'function',
      function: { name: 'look', arguments: '{"a":1}' },
    };
    const body = {
      ...completion(null, { tool_calls: [call] }, { stop_reason: 128_009 }),
      prompt_logprobs: [null, { 9906: { logprob: -1, rank: 1, decoded_token: 'Hi' } }],
    };
    const { answer } = await asked(body, (client) => client.chat(chat('m')));
    expect(answer.toolCalls).toMatchObject([{ id: call.id, arguments: '{"a":1}' }]);
    expect(answer.passthrough?.fields).toMatchObject({
      stop_reason: 128_009,
      prompt_logprobs: [null, {}],
    });
  });

  it('tells the server’s times, where it was started to and asked to', async () => {
    const metrics = {
      time_to_first_token_ms: 85.2,
      generation_time_ms: 1240.5,
      queue_time_ms: 12.3,
      mean_itl_ms: 9.1,
      tokens_per_second: 103.2,
    };
    const server = { queue: 12.3, firstToken: 85.2, generation: 1240.5 };
    const whole = await asked(
      { ...completion('Hi'), metrics },
      (client) => client.chat(chat('m')),
      { metrics: true },
    );
    expect(whole.seen[0]?.body).toMatchObject({ include_metrics: true });
    expect(whole.answer.meta.timings?.server).toEqual(server);
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const { answer } = await asked(
      streamOf(chunk({ content: 'Hi' }), chunk({}, {}, { finish_reason: 'stop' }), {
        id: 'chatcmpl-1',
        choices: [],
        usage,
        metrics,
      }),
      async (client) => (await client.chat.stream(chat('m'))).result,
    );
    expect(answer.meta.timings?.server).toEqual(server);
  });

  it('to a question of tokens is their count', async () => {
    const { answer, seen } = await asked(
      { count: 3, max_model_len: 4096, tokens: [1, 2, 3] },
      (client) =>
        client.countTokens({
          model: 'vllm/m',
          messages: [{ role: 'user', content: 'Hi' }],
          tools: [{ name: 'look' }],
          maxOutputTokens: 5,
          temperature: 1,
        }),
    );
    expect(answer).toMatchObject({ inputTokens: 3, tokens: [1, 2, 3] });
    expect(seen[0]?.url).toBe('/tokenize');
    expect(Object.keys(seen[0]?.body as object)).toEqual(['model', 'messages', 'tools']);
  });

  it('of another server to that is a typed error', async () => {
    for (const [body, code] of [
      [{ hello: 1 }, 'protocol'],
      [{ object: 'error', message: 'no', type: 'NotFoundError', code: 404 }, 'not_found'],
      [{ error: { message: 'no', type: 'BadRequestError', code: 400 } }, 'invalid_request'],
    ] as const) {
      await expect(
        asked(body, (client) =>
          client.countTokens({ model: 'vllm/m', messages: [{ role: 'user', content: 'Hi' }] }),
        ),
      ).rejects.toMatchObject({ code, provider: 'vllm' });
    }
  });
});

describe('A failure', () => {
  async function failed(status: number, body: object): Promise<InferwayError> {
    const { answer } = await asked(
      (_, response) => json(response, status, body),
      (client) => client.chat(chat('m')).catch((reason: unknown) => reason),
    );
    return answer as InferwayError;
  }

  it.each([
    ['NotFoundError', 404, 'The model `m` does not exist.', 'not_found'],
    ['BadRequestError', 400, "This model's maximum context length is 8 tokens.", 'context_length'],
    ['BadRequestError', 400, 'priority is not supported', 'invalid_request'],
    ['InternalServerError', 500, 'EngineCore encountered an issue.', 'server'],
    ['ServiceUnavailableError', 503, 'The engine is asleep.', 'overloaded'],
  ])('%s of %i is read in the older and the newer shape', async (type, status, message, code) => {
    const older = await failed(status, {
      object: 'error',
      message,
      type,
      param: null,
      code: status,
    });
    const newer = await failed(status, { error: { message, type, param: null, code: status } });
    for (const error of [older, newer]) {
      expect(error).toMatchObject({ code, status, provider: 'vllm', model: 'm' });
      expect(error.message).toContain(message);
    }
  });

  it('says how the server has to be started', async () => {
    const error = await failed(400, {
      error: {
        message:
          '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        type: 'BadRequestError',
        code: 400,
      },
    });
    expect(error).toMatchObject({ code: 'unsupported', fallbackable: true });
    expect(error.message).toMatch(/Start the server with the options that it names\.$/u);
  });

  it('of the key, of validation and of a route is typed', async () => {
    expect(await failed(401, { error: 'Unauthorized' })).toMatchObject({ code: 'authentication' });
    const detail = [{ loc: ['body', 'top_k'], msg: 'Input should be an integer', type: 'int' }];
    expect(await failed(422, { detail })).toMatchObject({
      code: 'invalid_request',
      param: 'top_k',
    });
    expect(await failed(404, { detail: 'Not Found' })).toMatchObject({ code: 'not_found' });
  });

  it('in the middle of a stream is that error', async () => {
    const { answer } = await asked(
      streamOf(chunk({ content: 'Hi' }), {
        error: { message: 'EngineCore died', type: 'InternalServerError', code: 500 },
      }),
      (client) =>
        client.chat
          .stream(chat('m'))
          .then((stream) => stream.result)
          .catch((reason: unknown) => reason),
    );
    expect(answer).toMatchObject({ code: 'server', status: 200, provider: 'vllm' });
  });
});

it('Limits of a proxy in front of the server are told', async () => {
  const headers = {
    'ratelimit-limit': '60',
    'ratelimit-remaining': '59',
    'ratelimit-reset': '12',
    'x-ratelimit-remaining-tokens': '900',
  };
  const { answer: bare } = await asked(completion('Hi'), (client) => client.chat(chat('m')));
  expect(bare.meta.rateLimit).toBeUndefined();
  const { answer } = await asked(
    (_, response) => json(response, 200, completion('Hi'), headers),
    (client) => client.chat(chat('m')),
  );
  expect(answer.meta.rateLimit).toMatchObject({
    requests: { limit: 60, remaining: 59, resetMs: 12_000 },
    tokens: { remaining: 900 },
  });
});
