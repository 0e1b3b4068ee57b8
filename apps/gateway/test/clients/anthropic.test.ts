import Anthropic from '@anthropic-ai/sdk';
import { usd } from '@inferway/core';
import { describe, expect, test } from 'vitest';
import { KEY } from '../support/start-gateway.js';
import { MODELS, startStack, type Stack } from '../support/start-stack.js';

const anthropic = ({ url }: Stack): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0 });

const question = [{ role: 'user' as const, content: 'Write 30 words about the sea.' }];

const tools: Anthropic.Tool[] = ['get_weather', 'get_time'].map((name) => ({
  name,
  description: `Answers ${name}.`,
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}));

/** All of it: `input_tokens` leaves out what a cache read or wrote. */
function inputOf(usage: Anthropic.Usage): number {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  return input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0);
}

describe.each(MODELS)('an unmodified @anthropic-ai/sdk with %s behind the gateway', (model) => {
  test('gets a message, with usage, cost and the ids of both sides', async () => {
    const stack = await startStack();
    const { data, response, request_id } = await anthropic(stack)
      .messages.create({ model, max_tokens: 200, messages: question })
      .withResponse();
    expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
    expect(data.content).toEqual([expect.objectContaining({ type: 'text' })]);
    const billed = stack.simulator.bill.entries.at(-1);
    expect(inputOf(data.usage)).toBe(billed?.usage.inputTokens);
    expect(data.usage.output_tokens).toBe(billed?.usage.outputTokens);
    expect(request_id).toBe(response.headers.get('x-request-id'));
    expect(Math.round(Number(response.headers.get('x-inferway-cost')) * 1e9)).toBe(billed?.cost);
  });

  test('streams the same message', async () => {
    const client = anthropic(await startStack());
    const request = { model, max_tokens: 200, messages: question };
    const whole = await client.messages.create(request);
    const stream = client.messages.stream(request);
    let text = '';
    stream.on('text', (piece) => (text += piece));
    const final = await stream.finalMessage();
    expect(final.content).toEqual(whole.content);
    expect(whole.content[0]).toMatchObject({ type: 'text', text });
    expect(final.stop_reason).toBe('end_turn');
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(inputOf(final.usage)).toBe(inputOf(whole.usage));
  });

  test.each([false, true])(
    'calls tools in parallel and goes on with their results (stream: %s)',
    async (stream) => {
      const client = anthropic(await startStack());
      const messages: Anthropic.MessageParam[] = [
        { role: 'user', content: 'Call both tools in parallel for Paris.' },
      ];
      const request = {
        model,
        max_tokens: 500,
        messages,
        tools,
        tool_choice: { type: 'any' as const },
      };
      const answer = stream
        ? await client.messages.stream(request).finalMessage()
        : await client.messages.create(request);
      expect(answer.stop_reason).toBe('tool_use');
      const calls = answer.content.filter((block) => block.type === 'tool_use');
      expect(calls.map(({ name }) => name).sort()).toEqual(['get_time', 'get_weather']);
      for (const { input } of calls) expect(input).toEqual({ city: expect.any(String) });
      const after = await client.messages.create({
        model,
        max_tokens: 500,
        tools,
        messages: [
          ...messages,
          { role: 'assistant', content: answer.content },
          {
            role: 'user',
            content: calls.map(({ id }) => ({
              type: 'tool_result' as const,
              tool_use_id: id,
              content: 'It is sunny at noon.',
            })),
          },
        ],
      });
      expect(after.stop_reason).toBe('end_turn');
    },
  );
});

describe.each(['anthropic', 'plain'])('thinking with %s behind the gateway', (provider) => {
  const model = `${provider}/${provider === 'anthropic' ? 'sim-claude' : 'sim-reasoner'}`;
  const request = {
    model,
    max_tokens: 3_000,
    thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
    messages: question,
  };

  test('comes as a block before the text, streamed and not, and goes back in', async () => {
    const stack = await startStack();
    const client = anthropic(stack);
    const whole = await client.messages.create(request);
    expect(whole.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
    const [thought] = whole.content;
    expect(thought).toMatchObject({ thinking: expect.stringMatching(/\w+/u) });
    const final = await client.messages.stream(request).finalMessage();
    expect(final.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
    if (provider === 'anthropic') {
      expect(thought).toMatchObject({ signature: expect.stringMatching(/.+/u) });
      expect(final.content).toEqual(whole.content);
    }
    const next = await client.messages.create({
      ...request,
      messages: [
        ...question,
        { role: 'assistant', content: whole.content },
        { role: 'user', content: 'Go on.' },
      ],
    });
    expect(next.content.at(-1)?.type).toBe('text');
    expect(stack.complaints).toEqual([]);
  });
});

test('models are listed by the client’s own page reader', async () => {
  const client = anthropic(await startStack());
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toContain('anthropic/sim-claude');
  expect(ids).toContain('openai/sim-chat');
});

test('errors are the client’s own classes', async () => {
  const stack = await startStack();
  const ask = (model: string, apiKey = KEY): Promise<unknown> =>
    new Anthropic({ baseURL: stack.url, apiKey, maxRetries: 0 }).messages
      .create({ model, max_tokens: 10, messages: question })
      .then(
        () => 'an answer',
        (reason: unknown) => reason,
      );
  expect(await ask('nope/x')).toBeInstanceOf(Anthropic.NotFoundError);
  expect(await ask('plain/no-such-model')).toBeInstanceOf(Anthropic.NotFoundError);
  expect(await ask('anthropic/..')).toBeInstanceOf(Anthropic.BadRequestError);
  expect(await ask('anthropic/sim-chat', 'wrong')).toBeInstanceOf(Anthropic.AuthenticationError);
});

describe('counting tokens through the gateway', () => {
  const messages = question;
  const prices = { input: usd(3), output: usd(15) };
  const models = [
    { id: 'sim-claude', prices },
    { id: 'sim-chat', prices },
  ];

  test('gives what the provider counts, and what the call then costs', async () => {
    const client = anthropic(await startStack({ models }));
    const prompt = { model: 'anthropic/sim-claude', messages, tools };
    const { input_tokens: counted } = await client.messages.countTokens(prompt);
    const { usage } = await client.messages.create({ ...prompt, max_tokens: 50 });
    expect(counted).toBe(inputOf(usage));
    expect(counted).toBeGreaterThan(10);
  });

  test('is a typed error where the provider does not count, or the model is not there', async () => {
    const client = anthropic(await startStack({ models }));
    await expect(
      client.messages.countTokens({ model: 'plain/sim-chat', messages }),
    ).rejects.toMatchObject({ status: 400, error: { error: { type: 'invalid_request_error' } } });
    await expect(
      client.messages.countTokens({ model: 'anthropic/nobody', messages }),
    ).rejects.toMatchObject({ status: 404, error: { error: { type: 'not_found_error' } } });
  });
});
