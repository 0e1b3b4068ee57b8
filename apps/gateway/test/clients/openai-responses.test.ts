import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';
import type {
  Response,
  ResponseInput,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import { describe, expect, test } from 'vitest';
import { KEY } from '../support/start-gateway.js';
import { MODELS, startStack, type Stack } from '../support/start-stack.js';

const openai = ({ url }: Stack): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });

const input = 'Write 30 words about the sea.';

const tools = [
  {
    type: 'function' as const,
    name: 'get_weather',
    strict: false,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
];

describe.each(MODELS)('the official client’s responses with %s behind the gateway', (model) => {
  test('are complete, with usage and what they cost', async () => {
    const stack = await startStack();
    const { data, response } = await openai(stack)
      .responses.create({ model, input, instructions: 'Be brief.', temperature: 0.5 })
      .withResponse();
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      error: null,
      instructions: 'Be brief.',
      temperature: 0.5,
      tools: [],
    });
    expect(data.output_text.split(' ').length).toBeGreaterThan(15);
    const billed = stack.simulator.bill.entries.at(-1);
    expect(data.usage).toMatchObject({
      input_tokens: billed?.usage.inputTokens,
      output_tokens: billed?.usage.outputTokens,
    });
    expect(response.headers.get('x-inferway-provider')).toBe(model.split('/')[0]);
    expect(Math.round(Number(response.headers.get('x-inferway-cost')) * 1e9)).toBe(billed?.cost);
  });

  test('stream the same answer', async () => {
    const stack = await startStack();
    const client = openai(stack);
    const whole = await client.responses.create({ model, input });
    let text = '';
    const stream = client.responses.stream({ model, input });
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    const final = await stream.finalResponse();
    expect(text).toBe(whole.output_text);
    expect(final.output_text).toBe(text);
    expect(final.usage).toEqual(whole.usage);
  });

  test.each([false, true])(
    'think, call a tool and go on with its result (stream: %s)',
    async (streamed) => {
      const stack = await startStack();
      const client = openai(stack);
      const ask = {
        model,
        input: 'What is the weather in Lisbon?',
        tools,
        tool_choice: 'auto' as const,
        reasoning: { effort: 'low' as const },
        include: ['reasoning.encrypted_content' as const],
      };
      const { output }: Response = streamed
        ? await client.responses.stream(ask).finalResponse()
        : await client.responses.create(ask);
      const call = output.find((item) => item.type === 'function_call');
      expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: expect.any(String) as string });
      const next: ResponseInput = [
        { role: 'user', content: ask.input },
        ...(output as ResponseInputItem[]),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'Sunny, canary-19.' },
      ];
      const answer = await client.responses.create({ ...ask, tool_choice: 'none', input: next });
      expect(answer.output_text).toContain('canary-19');
    },
  );

  test('hold an answer to a schema', async () => {
    const client = openai(await startStack());
    const schema = {
      type: 'object',
      properties: { ships: { type: 'integer' } },
      required: ['ships'],
      additionalProperties: false,
    };
    const parsed = await client.responses.parse({
      model,
      input,
      text: { format: { type: 'json_schema', name: 'sea', schema, strict: true } },
    });
    expect(parsed.output_parsed).toEqual({ ships: expect.any(Number) as number });
  });

  test('end in the client’s own errors', async () => {
    const stack = await startStack();
    const client = openai(stack);
    await expect(client.responses.create({ model, input, temperature: 9 })).rejects.toMatchObject({
      constructor: BadRequestError,
      param: 'temperature',
    });
    await expect(
      client.responses.create({ model: `${model}-nobody`, input }),
    ).rejects.toBeInstanceOf(NotFoundError);
    stack.simulator.faults.set('F06');
    const stream = await client.responses.create({ model, input, stream: true });
    const read = async (): Promise<void> => {
      for await (const _event of stream);
    };
    await expect(read()).rejects.toBeInstanceOf(APIError);
  });
});

describe('tokens counted behind the gateway', () => {
  test.each(['openai/sim-chat', 'anthropic/sim-chat'])(
    'are those of %s, for clients of both protocols',
    async (model) => {
      const stack = await startStack();
      const client = openai(stack);
      const { input_tokens: counted } = await client.responses.inputTokens.count({ model, input });
      const { usage } = await client.responses.create({ model, input });
      expect(counted).toBe(usage?.input_tokens);
      const anthropic = new Anthropic({ baseURL: stack.url, apiKey: KEY, maxRetries: 0 });
      const messages = [{ role: 'user' as const, content: input }];
      expect(await anthropic.messages.countTokens({ model, messages })).toEqual({
        input_tokens: counted,
      });
    },
  );

  test('are refused where a provider cannot count', async () => {
    const client = openai(await startStack());
    await expect(
      client.responses.inputTokens.count({ model: 'plain/sim-chat', input }),
    ).rejects.toMatchObject({ status: 400, code: 'unsupported' });
  });
});
