import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { KEY } from '../support/start-gateway.js';
import { MODELS, startStack, type Stack } from '../support/start-stack.js';

const openai = ({ url }: Stack): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });

const question = [{ role: 'user' as const, content: 'Write 30 words about the sea.' }];

const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function' as const,
  function: {
    name,
    description: `Answers ${name}.`,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}));

describe.each(MODELS)('an unmodified openai client with %s behind the gateway', (model) => {
  test('chats, and sees usage, who served it and what it cost', async () => {
    const stack = await startStack();
    const { data, response, request_id } = await openai(stack)
      .chat.completions.create({ model, messages: question })
      .withResponse();
    const [choice] = data.choices;
    expect(choice?.message.role).toBe('assistant');
    expect(choice?.message.content?.split(' ').length).toBeGreaterThan(20);
    expect(choice?.finish_reason).toBe('stop');
    expect(data.object).toBe('chat.completion');
    const billed = stack.simulator.bill.entries.at(-1);
    expect(data.usage).toMatchObject({
      prompt_tokens: billed?.usage.inputTokens,
      completion_tokens: billed?.usage.outputTokens,
    });
    expect(request_id).toBe(response.headers.get('x-request-id'));
    const [provider, ...id] = model.split('/');
    expect(response.headers.get('x-inferway-provider')).toBe(provider);
    expect(response.headers.get('x-inferway-model')).toBe(id.join('/'));
    expect(response.headers.get('x-inferway-provider-request-id')).toBe(billed?.requestId);
    expect(Math.round(Number(response.headers.get('x-inferway-cost')) * 1e9)).toBe(billed?.cost);
  });

  test('streams the same answer, with usage where it asks for it', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const whole = await client.chat.completions.create({ model, messages: question });
    let text = '';
    let usage: unknown;
    const finishes: unknown[] = [];
    const stream = await client.chat.completions.create({
      model,
      messages: question,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      expect(chunk.object).toBe('chat.completion.chunk');
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(finishes).toEqual(['stop']);
    expect(usage).toMatchObject({
      prompt_tokens: whole.usage?.prompt_tokens,
      completion_tokens: whole.usage?.completion_tokens,
    });
  });

  test.each([false, true])(
    'calls tools in parallel and goes on with their results (stream: %s)',
    async (stream) => {
      const stack = await startStack();
      const client = openai(stack);
      const messages: OpenAI.ChatCompletionMessageParam[] = [
        { role: 'user', content: 'Call both tools in parallel for Paris.' },
      ];
      const request = { model, messages, tools, tool_choice: 'required' as const };
      const message = stream
        ? (await client.chat.completions.stream(request).finalChatCompletion()).choices[0]?.message
        : (await client.chat.completions.create(request)).choices[0]?.message;
      const calls = (message?.tool_calls ?? []).filter((call) => call.type === 'function');
      expect(calls.map((call) => call.function.name).sort()).toEqual(['get_time', 'get_weather']);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
      for (const call of calls) {
        expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      }
      const after = await client.chat.completions.create({
        model,
        tools,
        messages: [
          ...messages,
          { role: 'assistant', content: message?.content ?? null, tool_calls: calls },
          ...calls.map(({ id }) => ({
            role: 'tool' as const,
            tool_call_id: id,
            content: 'It is sunny at noon.',
          })),
        ],
      });
      expect(after.choices[0]?.finish_reason).toBe('stop');
      expect(after.choices[0]?.message.content).toBeTruthy();
    },
  );

  test('gets JSON of its schema', async () => {
    const stack = await startStack();
    const answer = await openai(stack).chat.completions.parse({
      model,
      messages: [{ role: 'user', content: 'Describe Paris.' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'city',
          strict: true,
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, population: { type: 'integer' } },
            required: ['name', 'population'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      name: expect.any(String),
      population: expect.any(Number),
    });
  });
});

test('embeddings come as base64, as the client asks, and as numbers, and cost what was billed', async () => {
  const stack = await startStack();
  const client = openai(stack);
  const input = ['one', 'two'];
  const { data, response } = await client.embeddings
    .create({ model: 'openai/sim-embed', input })
    .withResponse();
  expect(data.data.map(({ embedding }) => embedding.length)).toEqual([256, 256]);
  const plain = await client.embeddings.create({
    model: 'openai/sim-embed',
    input,
    encoding_format: 'float',
  });
  expect(plain.data[0]?.embedding[0]).toBeCloseTo(data.data[0]?.embedding[0] ?? Number.NaN, 5);
  expect(data.usage.prompt_tokens).toBe(2);
  const [first] = stack.simulator.bill.entries;
  expect(Math.round(Number(response.headers.get('x-inferway-cost')) * 1e9)).toBe(first?.cost);
});

test('completions answer, streamed and not', async () => {
  const client = openai(await startStack());
  const request = { model: 'plain/sim-chat', prompt: 'Once upon a time', max_tokens: 12 };
  const whole = await client.completions.create(request);
  let text = '';
  for await (const chunk of await client.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.text ?? '';
  }
  expect(text).toBe(whole.choices[0]?.text);
  expect(whole.choices[0]?.finish_reason).toBe('length');
  expect(whole.usage?.completion_tokens).toBe(12);
});

test('models are listed by the client’s own page reader', async () => {
  const client = openai(await startStack());
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toContain('openai/sim-chat');
  expect(ids).toContain('anthropic/sim-chat');
  expect(ids).toContain('simulator/sim-chat');
});

test('errors are the client’s own classes', async () => {
  const stack = await startStack();
  const ask = (model: string, apiKey = KEY): Promise<unknown> =>
    new OpenAI({ baseURL: `${stack.url}/v1`, apiKey, maxRetries: 0 }).chat.completions
      .create({ model, messages: question })
      .then(
        () => 'an answer',
        (reason: unknown) => reason,
      );
  expect(await ask('nope/x')).toBeInstanceOf(OpenAI.NotFoundError);
  expect(await ask('openai/no-such-model')).toBeInstanceOf(OpenAI.NotFoundError);
  expect(await ask('openai/../x')).toBeInstanceOf(OpenAI.BadRequestError);
  expect(await ask('openai/sim-chat', 'wrong')).toBeInstanceOf(OpenAI.AuthenticationError);
});
