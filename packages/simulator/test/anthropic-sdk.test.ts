import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, SIMULATED_HEADER, tenantOf, type Simulator } from '../src/index.js';

let simulator: Simulator;
let client: Anthropic;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = new Anthropic({
    baseURL: simulator.baseUrls.anthropic,
    apiKey: 'sk-ant-test-1234',
    maxRetries: 0,
  });
});

afterEach(() => simulator.close());

const weather = {
  name: 'get_weather',
  description: 'Weather of a place',
  input_schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
};

describe('the official Anthropic client', () => {
  it('gets a message with usage that equals the bill', async () => {
    const { data, response } = await client.messages
      .create({
        model: 'sim-claude',
        max_tokens: 500,
        messages: [{ role: 'user', content: 'Tell me about tides. My code is canary-77af.' }],
      })
      .withResponse();
    expect(response.headers.get(SIMULATED_HEADER)).toBe('1');
    expect(data.stop_reason).toBe('end_turn');
    const text = data.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    expect(text).toContain('canary-77af');
    expect(text).toMatch(/^Simulated/);
    const entry = simulator.bill.of(response.headers.get('request-id') ?? '');
    expect(entry).toMatchObject({ status: 'complete', model: 'sim-claude', protocol: 'anthropic' });
    expect(entry?.usage.inputTokens).toBe(data.usage.input_tokens);
    expect(entry?.usage.outputTokens).toBe(data.usage.output_tokens);
    expect(entry?.cost).toBe(data.usage.input_tokens * 3000 + data.usage.output_tokens * 15_000);
  });

  it('streams the same text and bill that a unary call gives', async () => {
    const body = {
      model: 'sim-claude',
      max_tokens: 500,
      messages: [{ role: 'user' as const, content: 'Write 40 words on harbours.' }],
    };
    const unary = await client.messages.create(body);
    const streamed = await client.messages.stream(body).finalMessage();
    expect(streamed.content).toEqual(unary.content);
    expect(streamed.stop_reason).toBe(unary.stop_reason);
    expect(streamed.usage).toMatchObject(unary.usage);
    const [one, two] = simulator.bill.entries;
    expect(two?.usage).toEqual(one?.usage);
    expect(two?.cost).toBe(one?.cost);
  });

  it('is told the input tokens at the start of a stream', async () => {
    const stream = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 50,
      stream: true,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    for await (const event of stream) {
      if (event.type === 'message_start') {
        expect(event.message.usage.input_tokens).toBeGreaterThan(0);
        return;
      }
    }
    expect.unreachable();
  });

  it('gets a stop sequence and its name', async () => {
    const message = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 500,
      stop_sequences: ['answer'],
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(message.stop_reason).toBe('stop_sequence');
    expect(message.stop_sequence).toBe('answer');
    expect(message.content).toEqual([expect.objectContaining({ text: 'Simulated ' })]);
  });

  it('is cut at max_tokens', async () => {
    const message = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 7,
      messages: [{ role: 'user', content: 'Write 200 words.' }],
    });
    expect(message.stop_reason).toBe('max_tokens');
    expect(message.usage.output_tokens).toBe(7);
  });

  it('calls tools in parallel, and answers from their results', async () => {
    const messages: Anthropic.MessageParam[] = [
      {
        role: 'user',
        content: 'Use the get_weather tool with 3 parallel calls for Paris, Rome and Oslo.',
      },
    ];
    const first = await client.messages
      .stream({ model: 'sim-claude', max_tokens: 1000, tools: [weather], messages })
      .finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    const calls = first.content.filter((block) => block.type === 'tool_use');
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map((call) => call.id)).size).toBe(3);
    for (const call of calls) {
      expect(call.input).toEqual({
        city: expect.any(String),
        unit: expect.stringMatching(/^(celsius|fahrenheit)$/),
      });
    }
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: calls.map((call, index) => ({
          type: 'tool_result' as const,
          tool_use_id: call.id,
          content: `it has ${20 + index} degrees`,
        })),
      },
    );
    const second = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 1000,
      tools: [weather],
      messages,
    });
    expect(second.stop_reason).toBe('end_turn');
    expect(JSON.stringify(second.content)).toContain('it has 21 degrees');
  });

  it('gets thinking whose signature must come back with tool use', async () => {
    const base = {
      model: 'sim-claude',
      max_tokens: 4000,
      thinking: { type: 'enabled' as const, budget_tokens: 2000 },
      tools: [weather],
    };
    const question: Anthropic.MessageParam = { role: 'user', content: 'Use a tool for Paris.' };
    const first = await client.messages.stream({ ...base, messages: [question] }).finalMessage();
    const [thinking, call] = first.content;
    if (thinking?.type !== 'thinking' || call?.type !== 'tool_use') return expect.unreachable();
    expect(thinking.thinking).toMatch(/^Simulated reasoning/);
    expect(first.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
    const result: Anthropic.MessageParam = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }],
    };
    const turns = (content: Anthropic.ContentBlockParam[]): Anthropic.MessageParam[] => [
      question,
      { role: 'assistant', content },
      result,
    ];
    const good = await client.messages.create({ ...base, messages: turns(first.content) });
    expect(JSON.stringify(good.content)).toContain('sunny');
    const forged = { ...thinking, signature: 'forged' };
    await expect(
      client.messages.create({ ...base, messages: turns([forged, call]) }),
    ).rejects.toThrow(/Invalid `signature` in `thinking` block/);
    await expect(client.messages.create({ ...base, messages: turns([call]) })).rejects.toThrow(
      /Expected `thinking`/,
    );
  });

  it('reads and writes the prompt cache with both lifetimes', async () => {
    const long = 'The history of the harbour is long. '.repeat(300);
    const ask = (ttl: '5m' | '1h', question: string): Promise<Anthropic.Message> =>
      client.messages.create({
        model: 'sim-claude',
        max_tokens: 50,
        system: [{ type: 'text', text: long, cache_control: { type: 'ephemeral', ttl } }],
        messages: [{ role: 'user', content: question }],
      });
    const first = await ask('1h', 'One?');
    expect(first.usage.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(1024);
    expect(first.usage.cache_read_input_tokens).toBe(0);
    const second = await ask('1h', 'Two?');
    expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
    expect(second.usage.cache_creation_input_tokens).toBe(0);
    const [one, two] = simulator.bill.entries;
    expect(one?.cost).toBe(
      first.usage.input_tokens * 3000 +
        (first.usage.cache_creation_input_tokens ?? 0) * 6000 +
        first.usage.output_tokens * 15_000,
    );
    expect(two?.cost).toBe(
      second.usage.input_tokens * 3000 +
        (second.usage.cache_read_input_tokens ?? 0) * 300 +
        second.usage.output_tokens * 15_000,
    );
  });

  it('is known by x-api-key where a bearer token stands beside it, and by the token alone', async () => {
    const send = async (headers: Record<string, string>): Promise<string | undefined> => {
      const response = await fetch(`${simulator.baseUrls.anthropic}/v1/models`, { headers });
      expect(response.status).toBe(200);
      await response.text();
      return simulator.requests.at(-1)?.tenant;
    };
    const key = await send({ 'x-api-key': 'the-key' });
    const token = await send({ authorization: 'Bearer the-token' });
    expect(key).toBe(tenantOf('the-key'));
    expect(token).toBe(tenantOf('the-token'));
    expect(await send({ 'x-api-key': 'the-key', authorization: 'Bearer the-token' })).toBe(key);
  });

  it('writes JSON for a schema', async () => {
    const schema = {
      type: 'object',
      properties: { level: { enum: ['low', 'high'] } },
      required: ['level'],
      additionalProperties: false,
    };
    const message = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 200,
      output_config: { format: { type: 'json_schema', schema } },
      messages: [{ role: 'user', content: 'How high is the tide?' }],
    });
    const [block] = message.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toEqual({
      level: expect.stringMatching(/^(low|high)$/),
    });
  });

  it('counts tokens and lists models', async () => {
    const counted = await client.messages.countTokens({
      model: 'sim-claude',
      messages: [{ role: 'user', content: 'How many tokens is this?' }],
    });
    const message = await client.messages.create({
      model: 'sim-claude',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'How many tokens is this?' }],
    });
    expect(counted.input_tokens).toBe(message.usage.input_tokens);
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toContain('sim-claude');
    expect((await client.models.retrieve('sim-claude')).display_name).toContain('simulated');
  });
});

describe('errors reach the Anthropic client as its own classes', () => {
  const hello = { max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
  const failure = async (call: Promise<unknown>): Promise<APIError> => {
    const reason: unknown = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(APIError);
    return reason as APIError;
  };

  it('an unknown model is a 404', async () => {
    const error = await failure(client.messages.create({ ...hello, model: 'gpt-0' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect(error.requestID).toMatch(/^req_/);
  });

  it('a wrong key is a 401', async () => {
    const strict = createSimulator({ keys: ['right'] });
    await strict.listen();
    const wrong = new Anthropic({
      baseURL: strict.baseUrls.anthropic,
      apiKey: 'wrong',
      maxRetries: 0,
    });
    const error = await failure(wrong.messages.create({ ...hello, model: 'sim-claude' }));
    expect(error).toBeInstanceOf(AuthenticationError);
    await strict.close();
  });

  it('sampling settings are refused by version 2026-10-21 and taken by 2023-06-01', async () => {
    const call = {
      ...hello,
      model: 'sim-claude',
      temperature: 1,
    } as Anthropic.MessageCreateParamsNonStreaming;
    const error = await failure(
      client.messages.create(call, { headers: { 'anthropic-version': '2026-10-21' } }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.message).toContain('temperature: Extra inputs are not permitted');
    const taken = await client.messages.create(call, {
      headers: { 'anthropic-version': '2023-06-01' },
    });
    expect(taken.type).toBe('message');
  });

  it('a missing max_tokens is a 400', async () => {
    const error = await failure(
      client.messages.create({ model: 'sim-claude', messages: hello.messages } as never),
    );
    expect(error).toBeInstanceOf(BadRequestError);
  });

  it('rate limits come with headers and are kept by retries', async () => {
    const limited = createSimulator({
      limits: { requestsPerMinute: 60, inputTokensPerMinute: 1000 },
    });
    await limited.listen();
    const one = new Anthropic({ baseURL: limited.baseUrls.anthropic, apiKey: 'k1', maxRetries: 0 });
    const { response } = await one.messages
      .create({ ...hello, model: 'sim-claude' })
      .withResponse();
    expect(response.headers.get('anthropic-ratelimit-requests-limit')).toBe('60');
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('59');
    expect(response.headers.get('anthropic-ratelimit-input-tokens-reset')).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    const rest = Array.from({ length: 59 }, () =>
      one.messages.create({ ...hello, model: 'sim-claude' }),
    );
    await Promise.all(rest);
    const error = await failure(one.messages.create({ ...hello, model: 'sim-claude' }));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.headers?.get('retry-after')).toBe('1');
    // Another credential has limits of its own.
    const two = new Anthropic({ baseURL: limited.baseUrls.anthropic, apiKey: 'k2', maxRetries: 0 });
    await two.messages.create({ ...hello, model: 'sim-claude' });
    const patient = new Anthropic({
      baseURL: limited.baseUrls.anthropic,
      apiKey: 'k1',
      maxRetries: 2,
    });
    expect((await patient.messages.create({ ...hello, model: 'sim-claude' })).type).toBe('message');
    await limited.close();
  });
});
