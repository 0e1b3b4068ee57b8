import type { ChatResult } from '@inferway/core';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DoorServer } from './openai-door-server.js';

const server = new DoorServer();
let openai: OpenAI;

beforeAll(async () => {
  openai = new OpenAI({ apiKey: 'none', baseURL: await server.start(), maxRetries: 0 });
});
afterAll(() => {
  server.stop();
});

const usage = { inputTokens: 12, outputTokens: 9, cacheReadTokens: 5, reasoningTokens: 3 };
const signed = { format: 'anthropic-messages', value: { signature: 'c2ln' } };
const thought = { format: 'gemini', value: 'dGhvdWdodA' };
const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: {} };
/** An answer of several origins: Anthropic's reasoning, Gemini's call, a search of OpenAI's. */
const answer: ChatResult = {
  id: 'resp_1',
  model: 'served',
  created: 1_700_000_001,
  message: {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'They greet.', opaque: signed },
      { type: 'provider', format: 'openai-responses', kind: 'web_search_call', value: search },
      {
        type: 'text',
        text: 'Hello “you” 😀\n',
        citations: [{ url: 'https://a.example', title: 'A', start: 0, end: 5 }],
      },
      { type: 'text', text: 'and more' },
      { type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
      { type: 'tool-call', id: 'call_b', name: 'weather', arguments: '{}', opaque: thought },
    ],
  },
  finishReason: { unified: 'tool-calls', raw: 'completed' },
  passthrough: { format: 'openai-responses', fields: { service_tier: 'default' } },
};
const plain: ChatResult = {
  message: { role: 'assistant', content: [{ type: 'text', text: 'Plain.' }] },
  finishReason: { unified: 'stop', raw: 'completed' },
};
const tools = [
  {
    type: 'function' as const,
    name: 'weather',
    strict: false,
    parameters: { type: 'object', properties: {} },
  },
];
const body = { model: 'm', input: 'Hi', tools, temperature: 0.5 };

/** What stands in a response whichever way it came. */
const expected = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_001,
  status: 'completed',
  model: 'served',
  service_tier: 'default',
  temperature: 0.5,
  tools,
  error: null,
  incomplete_details: null,
  output_text: 'Hello “you” 😀\nand more',
  usage: {
    input_tokens: 12,
    output_tokens: 9,
    total_tokens: 21,
    input_tokens_details: { cached_tokens: 5 },
    output_tokens_details: { reasoning_tokens: 3 },
  },
  output: [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'They greet.' }] },
    search,
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [
        {
          type: 'output_text',
          text: 'Hello “you” 😀\n',
          annotations: [{ type: 'url_citation', url: 'https://a.example', start_index: 0 }],
        },
        { type: 'output_text', text: 'and more', annotations: [] },
      ],
    },
    { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
    { type: 'function_call', call_id: 'call_b', name: 'weather', arguments: '{}' },
    { type: 'reasoning', summary: [] },
  ],
};

describe('The official openai client, responses', () => {
  it('reads an answer with its items, citations and usage', async () => {
    server.planned = { result: answer, usage };
    expect(await openai.responses.create(body)).toMatchObject(expected);
  });

  it('gathers a stream with its own helper into the same', async () => {
    server.planned = { result: answer, usage };
    const stream = openai.responses.stream(body);
    let text = '';
    stream.on('response.output_text.delta', (event) => (text += event.delta));
    let calls = '';
    stream.on('response.function_call_arguments.delta', (event) => (calls += event.delta));
    expect(await stream.finalResponse()).toMatchObject(expected);
    expect(text).toBe('Hello “you” 😀\nand more');
    expect(calls).toBe('{"city":"Paris"}{}');
  });

  it.each([false, true])(
    'sends the answer back as it got it, signatures of every origin included (streamed: %s)',
    async (streamed) => {
      server.planned = { result: answer, usage };
      const { output } = streamed
        ? await openai.responses.stream(body).finalResponse()
        : await openai.responses.create(body);
      server.planned = { result: plain };
      const next = await openai.responses.create({
        model: 'm',
        instructions: 'Be brief.',
        input: [
          { role: 'user', content: 'Hi' },
          ...(output as ResponseInputItem[]),
          { type: 'function_call_output', call_id: 'call_a', output: 'Sun' },
          {
            type: 'function_call_output',
            call_id: 'call_b',
            output: [{ type: 'input_text', text: 'Rain' }],
          },
        ],
      });
      expect(next.output_text).toBe('Plain.');
      expect(server.seen?.messages).toEqual([
        {
          role: 'system',
          content: 'Be brief.',
          opaque: { format: 'openai-responses', value: 'instructions' },
        },
        { role: 'user', content: 'Hi' },
        answer.message,
        {
          role: 'tool',
          content: [
            { type: 'tool-result', id: 'call_a', content: 'Sun' },
            { type: 'tool-result', id: 'call_b', content: [{ type: 'text', text: 'Rain' }] },
          ],
        },
      ]);
    },
  );

  it('reads refusals, log probabilities and an answer without words', async () => {
    server.planned = {
      result: {
        ...plain,
        message: { role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] },
      },
    };
    const refused = await openai.responses.stream({ model: 'm', input: 'Hi' }).finalResponse();
    expect(refused.output).toMatchObject([
      { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] },
    ]);
    const logprobs = [
      { token: 'Plain.', logprob: -0.5, bytes: [1], top: [{ token: 'P', logprob: -2 }] },
    ];
    server.planned = { result: { ...plain, logprobs } };
    const whole = await openai.responses.create({
      model: 'm',
      input: 'Hi',
      include: ['message.output_text.logprobs'],
      top_logprobs: 1,
    });
    expect(server.seen?.logprobs).toBe(1);
    const [message] = whole.output;
    if (message?.type !== 'message' || message.content[0]?.type !== 'output_text')
      throw new Error('No text came.');
    expect(message.content[0].logprobs).toEqual([
      {
        token: 'Plain.',
        logprob: -0.5,
        bytes: [1],
        top_logprobs: [{ token: 'P', logprob: -2, bytes: null }],
      },
    ]);
    server.planned = { result: { ...plain, message: { role: 'assistant', content: [] } } };
    const empty = await openai.responses.stream({ model: 'm', input: 'Hi' }).finalResponse();
    expect(empty).toMatchObject({ status: 'completed', output_text: '' });
  });

  it('sees why an answer is not whole', async () => {
    server.planned = { result: { ...plain, finishReason: { unified: 'length' } } };
    const stream = openai.responses.stream({ model: 'm', input: 'Hi' });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.at(-1)).toBe('response.incomplete');
    const whole = await openai.responses.create({ model: 'm', input: 'Hi' });
    expect(whole).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  it('throws its own errors for ours, before and within a stream', async () => {
    await expect(
      openai.responses.create({ model: 'm', input: 'Hi', temperature: 9 }),
    ).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'temperature',
      constructor: OpenAI.BadRequestError,
    });
    server.planned = { result: answer, failAfter: 6 };
    const stream = await openai.responses.create({ ...body, stream: true });
    const read = async (): Promise<void> => {
      for await (const _event of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'overloaded', type: 'server_error' });
  });
});
