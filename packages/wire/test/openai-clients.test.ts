import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ChatResult } from '@inferway/core';
import { generateText, jsonSchema, streamText, type ToolSet } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DoorServer } from './openai-door-server.js';

const server = new DoorServer();
let openai: OpenAI;
let model: ReturnType<ReturnType<typeof createOpenAICompatible>>;

beforeAll(async () => {
  const baseURL = await server.start();
  openai = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });
  model = createOpenAICompatible({ name: 'ours', baseURL, includeUsage: true })('m');
});
afterAll(() => {
  server.stop();
});

const usage = {
  inputTokens: 12,
  outputTokens: 9,
  cacheReadTokens: 5,
  reasoningTokens: 3,
};
const answer: ChatResult = {
  id: 'chatcmpl-1',
  model: 'served',
  created: 1_700_000_001,
  message: {
    role: 'assistant',
    content: [
      {
        type: 'reasoning',
        text: 'They greet.',
        opaque: { format: 'anthropic-messages', value: 'sig==' },
      },
      { type: 'text', text: 'Hello “you” 😀\n' },
      { type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
      { type: 'tool-call', id: 'call_b', name: 'weather', arguments: '{"city":"Rome"}' },
    ],
  },
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
  passthrough: { format: 'openai-chat', fields: { system_fingerprint: 'fp_1' } },
};
const plain: ChatResult = {
  message: { role: 'assistant', content: [{ type: 'text', text: 'Plain.' }] },
  finishReason: { unified: 'stop', raw: 'stop' },
};
const messages = [{ role: 'user' as const, content: 'Hi' }];
const calledTools = [
  { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
  { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
];

describe('The official openai client', () => {
  it('reads an answer with its calls and usage', async () => {
    server.planned = { result: answer, usage };
    const completion = await openai.chat.completions.create({ model: 'm', messages });
    expect(completion).toMatchObject({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_001,
      model: 'served',
      system_fingerprint: 'fp_1',
      usage: {
        prompt_tokens: 12,
        completion_tokens: 9,
        total_tokens: 21,
        prompt_tokens_details: { cached_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    });
    expect(completion.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'tool_calls',
      logprobs: null,
      message: { role: 'assistant', content: 'Hello “you” 😀\n', refusal: null },
    });
    expect(completion.choices[0]?.message.tool_calls).toEqual(calledTools);
  });

  it('reads a stream in the shapes of OpenAI’s own', async () => {
    server.planned = { result: answer, usage };
    const stream = await openai.chat.completions.create({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 21 } });
    expect(chunks.at(-2)?.choices).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: 'tool_calls' },
    ]);
    const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    expect(deltas.map(({ index }) => index)).toEqual([0, 0, 1, 1]);
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        model: 'served',
      });
    }
  });

  it('gathers a stream with its own helper, and sends the answer back as it got it', async () => {
    server.planned = { result: answer, usage };
    const stream = openai.chat.completions.stream({ model: 'm', messages });
    const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0] ?? {};
    expect(finish_reason).toBe('tool_calls');
    expect(message?.content).toBe('Hello “you” 😀\n');
    const names = message?.tool_calls?.map((call) =>
      call.type === 'function' ? call.function.name : '',
    );
    expect(names).toEqual(['weather', 'weather']);
    // The signature of another protocol survives in a client that knows nothing of it.
    server.planned = { result: plain };
    await openai.chat.completions.create({
      model: 'm',
      messages: [
        ...messages,
        message as OpenAI.ChatCompletionMessageParam,
        { role: 'tool', tool_call_id: 'call_a', content: 'Sun' },
        { role: 'tool', tool_call_id: 'call_b', content: 'Rain' },
      ],
    });
    expect(server.seen?.messages.slice(1)).toEqual([
      answer.message,
      {
        role: 'tool',
        content: [
          { type: 'tool-result', id: 'call_a', content: 'Sun' },
          { type: 'tool-result', id: 'call_b', content: 'Rain' },
        ],
      },
    ]);
  });

  it('sees no usage chunk that it did not ask for', async () => {
    server.planned = { result: plain, usage };
    const stream = await openai.chat.completions.create({ model: 'm', messages, stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1);
      expect(chunk).not.toHaveProperty('usage');
    }
  });

  it('reads several answers, refusals and log probabilities', async () => {
    const result: ChatResult = {
      message: { role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] },
      finishReason: { unified: 'stop', raw: 'stop' },
      alternatives: [
        {
          ...plain,
          logprobs: [
            { token: 'Plain.', logprob: -0.1, bytes: [1], top: [{ token: 'P', logprob: -2 }] },
          ],
        },
      ],
    };
    server.planned = { result };
    const whole = await openai.chat.completions.create({ model: 'm', messages, n: 2 });
    expect(whole.choices.map(({ message }) => [message.content, message.refusal])).toEqual([
      [null, 'No.'],
      ['Plain.', null],
    ]);
    expect(whole.choices[1]?.logprobs?.content?.[0]?.top_logprobs).toEqual([
      { token: 'P', logprob: -2, bytes: null },
    ]);
    expect(server.seen?.choices).toBe(2);
    const streamed = await openai.chat.completions
      .stream({ model: 'm', messages, n: 2 })
      .finalChatCompletion();
    expect(streamed.choices.map(({ message }) => message.content ?? message.refusal)).toEqual([
      '',
      'Plain.',
    ]);
    expect(streamed.choices[0]?.message.refusal).toBe('No.');
    expect(streamed.choices[1]?.logprobs?.content?.[0]?.token).toBe('Plain.');
  });

  it('throws its own errors for ours, before and within a stream', async () => {
    await expect(
      openai.chat.completions.create({ model: 'm', messages, temperature: 9 }),
    ).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'temperature',
      constructor: OpenAI.BadRequestError,
    });
    server.planned = { result: answer, failAfter: 6 };
    const stream = await openai.chat.completions.create({ model: 'm', messages, stream: true });
    const read = async (): Promise<void> => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'overloaded', type: 'server_error' });
  });

  it('says a structured answer, tools and everything else in words that we know', async () => {
    server.planned = { result: plain };
    await openai.chat.completions.create({
      model: 'm',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          ],
        },
      ],
      tools: [
        { type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object' } },
      },
      max_completion_tokens: 10,
      reasoning_effort: 'high',
      logprobs: true,
      top_logprobs: 2,
      stop: 'END',
      verbosity: 'low',
    });
    expect(server.seen).toEqual({
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            {
              type: 'image',
              image: { type: 'base64', mediaType: 'image/png', data: 'AAAA' },
              detail: 'low',
            },
          ],
        },
      ],
      tools: [{ name: 'f', parameters: { type: 'object' }, strict: true }],
      toolChoice: { name: 'f' },
      parallelToolCalls: false,
      output: { type: 'json-schema', name: 'x', schema: { type: 'object' } },
      maxOutputTokens: 10,
      reasoning: { effort: 'high' },
      logprobs: 2,
      stop: ['END'],
      passthrough: { format: 'openai-chat', fields: { verbosity: 'low' } },
    });
  });

  it('embeds in either encoding, and completes', async () => {
    const quick = await openai.embeddings.create({ model: 'm', input: 'a' });
    expect([...(quick.data[0]?.embedding ?? [])]).toEqual([0.5, -1]);
    const floats = await openai.embeddings.create({
      model: 'm',
      input: ['a', 'b'],
      encoding_format: 'float',
    });
    expect(floats.data.map(({ embedding }) => embedding)).toEqual([
      [0, 0.25],
      [1, 0.25],
    ]);
    expect(floats.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    const completion = await openai.completions.create({ model: 'm', prompt: 'Hi' });
    expect(completion.choices[0]).toMatchObject({ text: 'Hi!', finish_reason: 'stop', index: 0 });
  });
});

describe('The AI SDK', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } } as const;
  const tools: ToolSet = { weather: { inputSchema: jsonSchema(schema) } };

  it('generates text, reasoning, parallel calls and usage', async () => {
    server.planned = { result: answer, usage };
    const generated = await generateText({ model, prompt: 'Hi', tools, maxRetries: 0 });
    expect(generated.text).toBe('Hello “you” 😀\n');
    expect(generated.reasoningText).toBe('They greet.');
    expect(generated.toolCalls.map(({ input }) => input)).toEqual([
      { city: 'Paris' },
      { city: 'Rome' },
    ]);
    expect(generated.finishReason).toBe('tool-calls');
    expect(generated.usage).toMatchObject({ inputTokens: 12, outputTokens: 9 });
  });

  it('streams the same', async () => {
    server.planned = { result: answer, usage };
    const streamed = streamText({ model, prompt: 'Hi', tools, maxRetries: 0 });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toBe('Hello “you” 😀\n');
    expect(await streamed.reasoningText).toBe('They greet.');
    expect((await streamed.toolCalls).map(({ input }) => input)).toEqual([
      { city: 'Paris' },
      { city: 'Rome' },
    ]);
    expect(await streamed.usage).toMatchObject({ inputTokens: 12, outputTokens: 9 });
  });

  it('ends with an error where the stream fails after it began', async () => {
    server.planned = { result: answer, failAfter: 6 };
    const errors: unknown[] = [];
    const streamed = streamText({
      model,
      prompt: 'Hi',
      maxRetries: 0,
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    for await (const _piece of streamed.textStream);
    expect(JSON.stringify(errors)).toContain('No capacity.');
  });
});
