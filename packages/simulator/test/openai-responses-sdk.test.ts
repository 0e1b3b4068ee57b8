import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInput,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';

let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = new OpenAI({
    baseURL: simulator.baseUrls.openai,
    apiKey: 'sk-test-abcd1234',
    maxRetries: 0,
  });
});

afterEach(() => simulator.close());

const weather = {
  type: 'function' as const,
  name: 'get_weather',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const asked = {
  model: 'sim-reasoner',
  input: 'What is the weather in Lisbon?',
  tools: [weather],
  tool_choice: 'required' as const,
  include: ['reasoning.encrypted_content' as const],
  store: false,
};

/** What the API refuses a body with, whatever it holds. */
async function refusal(body: object): Promise<APIError> {
  try {
    await client.responses.create(body as ResponseCreateParamsNonStreaming);
  } catch (error) {
    expect(error).toBeInstanceOf(APIError);
    return error as APIError;
  }
  throw new Error('Nothing was refused.');
}

/** The first turn, and what goes back after the tool has run. */
async function turn(): Promise<{ output: ResponseOutputItem[]; next: ResponseInput }> {
  const { output } = await client.responses.create(asked);
  const call = output.find((item) => item.type === 'function_call');
  const next: ResponseInput = [
    { role: 'user', content: asked.input },
    ...(output as ResponseInputItem[]),
    { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'Sunny, canary-19.' },
  ];
  return { output, next };
}

describe('the official OpenAI client, responses', () => {
  it('gets a complete response object with usage that equals the bill', async () => {
    const { data, response } = await client.responses
      .create({
        model: 'sim-chat',
        instructions: 'Be brief.',
        input: 'Describe a harbour. My code is canary-77af.',
        metadata: { team: 'sea' },
        max_output_tokens: 400,
      })
      .withResponse();
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      metadata: { team: 'sea' },
      max_output_tokens: 400,
      parallel_tool_calls: true,
      tool_choice: 'auto',
      tools: [],
      truncation: 'disabled',
      text: { format: { type: 'text' } },
    });
    expect(data.id).toMatch(/^resp_/u);
    expect(data.output_text).toContain('canary-77af');
    expect(data.output_text).toMatch(/^Simulated/u);
    const entry = simulator.bill.of(response.headers.get('x-request-id') ?? '');
    expect(entry).toMatchObject({ status: 'complete', model: 'sim-chat', stream: false });
    expect(entry?.usage.inputTokens).toBe(data.usage?.input_tokens);
    expect(entry?.usage.outputTokens).toBe(data.usage?.output_tokens);
  });

  it('streams the same response that a unary call gives, in the documented order', async () => {
    const body = { model: 'sim-reasoner', input: 'Write 40 words on harbours.' };
    const unary = await client.responses.create(body);
    const stream = client.responses.stream(body);
    const events: { type: string; sequence_number: number }[] = [];
    for await (const event of stream) events.push(event as (typeof events)[number]);
    const final = await stream.finalResponse();
    expect(final.output_text).toBe(unary.output_text);
    expect(final.usage).toEqual(unary.usage);
    expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
    const types = events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const [one, two] = simulator.bill.entries;
    expect(two?.usage).toEqual(one?.usage);
  });

  it('parses structured output', async () => {
    const schema = {
      type: 'object',
      properties: { harbour: { type: 'string' }, ships: { type: 'integer' } },
      required: ['harbour', 'ships'],
      additionalProperties: false,
    };
    const parsed = await client.responses.parse({
      model: 'sim-chat',
      input: 'A harbour.',
      text: { format: { type: 'json_schema', name: 'harbour', schema, strict: true } },
    });
    expect(parsed.output_parsed).toEqual({
      harbour: expect.any(String) as string,
      ships: expect.any(Number) as number,
    });
  });

  it('feeds reasoning and calls back, streamed or not', async () => {
    const { output, next } = await turn();
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);
    const [reasoning, call] = output;
    if (reasoning?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('order');
    expect(reasoning.encrypted_content).toMatch(/^gAAAA/u);
    expect(JSON.parse(call.arguments)).toEqual({ city: expect.any(String) as string });
    const answer = await client.responses.create({ ...asked, tool_choice: 'none', input: next });
    expect(answer.output_text).toContain('canary-19');
    const streamed = await client.responses.stream(asked).finalResponse();
    expect(streamed.output).toMatchObject([
      { type: 'reasoning', encrypted_content: reasoning.encrypted_content },
      { type: 'function_call', call_id: call.call_id, arguments: call.arguments },
    ]);
  });

  it('gives encrypted reasoning only where it is asked for', async () => {
    const { output } = await client.responses.create({ model: 'sim-reasoner', input: 'Hi' });
    expect(output[0]).toMatchObject({ type: 'reasoning' });
    expect(output[0]).not.toHaveProperty('encrypted_content');
  });

  it.each(['whole', 'by id'])('takes items of a stored answer back %s', async (way) => {
    const { include: _include, store: _store, ...stored } = asked;
    const { output, store } = (await client.responses.create(stored)) as Response & {
      readonly store: boolean;
    };
    expect(store).toBe(true);
    const call = output.find((item) => item.type === 'function_call');
    const next = (items: readonly ResponseOutputItem[]): ResponseInput => [
      { role: 'user', content: asked.input },
      ...(way === 'whole'
        ? (items as ResponseInputItem[])
        : items.map((item): ResponseInputItem =>
            item.type === 'reasoning'
              ? { type: 'item_reference', id: item.id }
              : (item as ResponseInputItem),
          )),
      { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'Sunny, canary-19.' },
    ];
    const { output_text: text } = await client.responses.create({
      model: 'sim-reasoner',
      input: next(output),
    });
    expect(text).toContain('canary-19');
    const forgotten = await client.responses.create({ ...stored, store: false });
    const { status, message } = await refusal({
      model: 'sim-reasoner',
      input: next(forgotten.output),
    });
    expect({ status, message }).toMatchObject({
      status: 404,
      message: expect.stringContaining('not persisted') as string,
    });
  });

  it('counts input tokens as the bill does, free of charge', async () => {
    const input = 'How many tokens are these?';
    const { input_tokens: counted } = await client.responses.inputTokens.count({
      model: 'sim-chat',
      input,
    });
    expect(simulator.bill.total()).toBe(0);
    const { usage } = await client.responses.create({ model: 'sim-chat', input });
    expect(counted).toBe(usage?.input_tokens);
  });

  it('retrieves a model', async () => {
    const model = await client.models.retrieve('sim-chat');
    expect(model).toMatchObject({ id: 'sim-chat', object: 'model' });
    await expect(client.models.retrieve('nobody')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('ends incomplete where the output limit is reached', async () => {
    const response = await client.responses.create({
      model: 'sim-chat',
      input: 'Write 200 words.',
      max_output_tokens: 20,
    });
    expect(response.status).toBe('incomplete');
    expect(response.incomplete_details).toEqual({ reason: 'max_output_tokens' });
  });
});

describe('what the Responses API refuses', () => {
  it('encrypted reasoning that was changed', async () => {
    const { next } = await turn();
    const spoilt = next.map((item) =>
      'encrypted_content' in item && typeof item.encrypted_content === 'string'
        ? { ...item, encrypted_content: item.encrypted_content.replace('gAAAA', 'gAAAAB') }
        : item,
    );
    const error = await refusal({ ...asked, input: spoilt });
    expect(error).toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
  });

  it('reasoning that it does not store, and reasoning without what followed it', async () => {
    const { next } = await turn();
    const bare = next.map((item) =>
      'encrypted_content' in item ? { ...item, encrypted_content: null } : item,
    );
    const error = await refusal({ ...asked, input: bare as ResponseInput });
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toContain('not persisted');
    const alone = await refusal({ ...asked, input: next.slice(0, 2) });
    expect(alone.message).toContain('required following item');
  });

  it('items by their ids without the reasoning that led to them', async () => {
    const { next } = await turn();
    const bare = next.filter((item) => item.type !== 'reasoning');
    const error = await refusal({ ...asked, input: bare });
    expect(error).toMatchObject({ status: 400, param: 'input' });
    expect(error.message).toMatch(/function_call' was provided without its required 'reasoning'/u);
    const unnamed = bare.map((item) =>
      item.type === 'function_call' ? { ...item, id: undefined } : item,
    );
    const answer = await client.responses.create({ ...asked, input: unnamed as ResponseInput });
    expect(answer.status).toBe('completed');
  });

  it('calls and outputs that do not belong together', async () => {
    const { next } = await turn();
    const unanswered = await refusal({ ...asked, input: next.slice(0, -1) });
    expect(unanswered.message).toContain('No tool output found for function call');
    const uncalled = await refusal({ ...asked, input: next.slice(-1) });
    expect(uncalled.message).toContain('No tool call found for function call output');
    expect(uncalled).toMatchObject({ status: 400, param: 'input' });
  });

  it.each([
    [{ messages: [] }, 'messages', 'unsupported_parameter'],
    [{ stop: ['x'] }, 'stop', 'unknown_parameter'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id', 'previous_response_not_found'],
    [{ max_output_tokens: 15 }, 'max_output_tokens', 'integer_below_min_value'],
    [{ temperature: 3 }, 'temperature', null],
    [{ input: 4 }, 'input', null],
  ])('%o', async (more, param, code) => {
    const error = await refusal({ model: 'sim-chat', input: 'Hi', ...more });
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param, code });
  });
});

describe('faults at /v1/responses', () => {
  function broken(fault: string): Promise<{ text: string; error: unknown }> {
    return readStream(fault, 'Write 60 words about rivers.');
  }

  async function readStream(
    fault: string,
    input: string,
  ): Promise<{ text: string; error: unknown }> {
    let text = '';
    try {
      const stream = await client.responses.create(
        { model: 'sim-chat', input, stream: true },
        { headers: { 'x-simulate-fault': fault } },
      );
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') text += event.delta;
      }
      return { text, error: undefined };
    } catch (error) {
      return { text, error };
    }
  }

  it.each(['F06', 'F07', 'F08', 'quota-in-stream'])(
    '%s is an error of the official client',
    async (fault) => {
      const { error } = await broken(fault);
      expect(error).toBeInstanceOf(APIError);
    },
  );

  it('quota inside a 200 has the code of a quota', async () => {
    const { error, text } = await broken('quota-in-stream');
    expect(error).toMatchObject({ code: 'insufficient_quota' });
    expect(text).toBe('');
  });

  it.each(['F20', 'F21', 'F22', 'F23', 'F25', 'unknown-events'])(
    '%s leaves the text whole',
    async (fault) => {
      const whole = await readStream('F20', 'Write 20 words about rivers.');
      const { text, error } = await readStream(fault, 'Write 20 words about rivers.');
      expect(error).toBeUndefined();
      expect(text).toBe(whole.text);
      expect(text).toMatch(/^Simulated/u);
    },
    10_000,
  );

  it.each(['F04', 'F05'])('%s cuts the text', async (fault) => {
    const { text, error } = await broken(fault);
    expect(error).toBeDefined();
    expect(text.length).toBeGreaterThan(0);
  });

  it('F12 answers a 200 with an error object', async () => {
    const response = await fetch(`${simulator.baseUrls.openai}/responses`, {
      method: 'POST',
      headers: { authorization: 'Bearer k', 'x-simulate-fault': 'F12' },
      body: JSON.stringify({ model: 'sim-chat', input: 'Hi' }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ error: { type: 'server_error' } });
  });
});
