import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, SIMULATED_HEADER, type Simulator } from '../src/index.js';
import { manualClock } from './support/manual-clock.js';

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

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
  required: ['city', 'unit'],
  additionalProperties: false,
};
const weather = { type: 'function' as const, function: { name: 'get_weather', parameters } };
const time = { type: 'function' as const, function: { name: 'get_time', parameters } };

describe('the official OpenAI client, chat', () => {
  it('gets an answer with usage that equals the bill', async () => {
    const { data, response } = await client.chat.completions
      .create({
        model: 'sim-chat',
        messages: [{ role: 'user', content: 'Describe a harbour. My code is canary-77af.' }],
      })
      .withResponse();
    expect(response.headers.get(SIMULATED_HEADER)).toBe('1');
    const [choice] = data.choices;
    expect(choice?.finish_reason).toBe('stop');
    expect(choice?.message.content).toContain('canary-77af');
    expect(choice?.message.content).toMatch(/^Simulated/);
    expect(data.id).toMatch(/^chatcmpl-/);
    const entry = simulator.bill.of(response.headers.get('x-request-id') ?? '');
    expect(entry).toMatchObject({
      status: 'complete',
      model: 'sim-chat',
      protocol: 'openai',
      stream: false,
    });
    expect(entry?.usage.inputTokens).toBe(data.usage?.prompt_tokens);
    expect(entry?.usage.outputTokens).toBe(data.usage?.completion_tokens);
    expect(entry?.cost).toBe(
      (data.usage?.prompt_tokens ?? 0) * 2500 + (data.usage?.completion_tokens ?? 0) * 10_000,
    );
    expect(simulator.bill.total()).toBe(entry?.cost);
  });

  it('streams the same text and bill that a unary call gives', async () => {
    const body = {
      model: 'sim-chat',
      messages: [{ role: 'user' as const, content: 'Write 40 words on harbours.' }],
    };
    const unary = await client.chat.completions.create(body);
    const streamed = await client.chat.completions
      .stream({ ...body, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(unary.choices[0]?.message.content);
    expect(streamed.choices[0]?.finish_reason).toBe('stop');
    expect(streamed.usage).toEqual(unary.usage);
    const [one, two] = simulator.bill.entries;
    expect(two?.usage).toEqual(one?.usage);
    expect(two?.cost).toBe(one?.cost);
    expect(two?.stream).toBe(true);
  });

  it.each([1, 2, 3, 12, 57, 400])('writes exactly %i words where asked', async (count) => {
    const answer = await client.chat.completions.create({
      model: 'sim-chat',
      messages: [{ role: 'user', content: `Write a text in ${count} words, please.` }],
    });
    expect(answer.choices[0]?.message.content?.split(/\s+/)).toHaveLength(count);
  });

  it.each([1, 4, 10])('writes exactly %i sentences where asked', async (count) => {
    const answer = await client.chat.completions.create({
      model: 'sim-chat',
      messages: [{ role: 'user', content: `What is e.g. the tide? Answer in ${count} sentences!` }],
    });
    expect(answer.choices[0]?.message.content?.match(/[.!?](?:\s|$)/g)).toHaveLength(count);
  });

  it('stops at max_completion_tokens and at a stop sequence', async () => {
    const cut = await client.chat.completions.create({
      model: 'sim-chat',
      max_completion_tokens: 7,
      messages: [{ role: 'user', content: 'Write 100 words.' }],
    });
    expect(cut.choices[0]?.finish_reason).toBe('length');
    expect(cut.usage?.completion_tokens).toBe(7);
    const stopped = await client.chat.completions.create({
      model: 'sim-chat',
      stop: ['nothing', 'answer'],
      messages: [{ role: 'user', content: 'Write 100 words.' }],
    });
    expect(stopped.choices[0]?.finish_reason).toBe('stop');
    expect(stopped.choices[0]?.message.content).toBe('Simulated ');
  });

  it('calls the forced tool with valid arguments', async () => {
    const answer = await client.chat.completions.create({
      model: 'sim-chat',
      messages: [{ role: 'user', content: 'Hello' }],
      tools: [time, weather],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    if (call?.type !== 'function') return expect.unreachable();
    expect(call.function.name).toBe('get_weather');
    expect(JSON.parse(call.function.arguments)).toEqual({
      city: expect.any(String),
      unit: expect.stringMatching(/^(celsius|fahrenheit)$/),
    });
  });

  it('calls several tools in parallel, streamed, and answers from their results', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'Use both tools in parallel for Paris.' },
    ];
    const first = await client.chat.completions
      .stream({ model: 'sim-chat', messages, tools: [weather, time] })
      .finalChatCompletion();
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const calls = choice?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === 'function' && call.function.name)).toEqual([
      'get_weather',
      'get_time',
    ]);
    if (choice !== undefined) messages.push(choice.message);
    for (const [index, call] of calls.entries()) {
      messages.push({
        role: 'tool',
        tool_call_id: call.id,
        content: `it has ${20 + index} degrees`,
      });
    }
    const second = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      tools: [weather, time],
    });
    expect(second.choices[0]?.finish_reason).toBe('stop');
    expect(second.choices[0]?.message.content).toContain('it has 21 degrees');
  });

  it('calls one tool where parallel calls are switched off, none where tools are', async () => {
    const call = {
      model: 'sim-chat',
      messages: [{ role: 'user' as const, content: 'Use both tools in parallel for Paris.' }],
      tools: [weather, time],
    };
    const one = await client.chat.completions.create({ ...call, parallel_tool_calls: false });
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1);
    const none = await client.chat.completions.create({ ...call, tool_choice: 'none' });
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it('writes JSON for a schema, parsed by the client’s own helper', async () => {
    const answer = await client.chat.completions.parse({
      model: 'sim-chat',
      messages: [{ role: 'user', content: 'Extract the event: Alice meets Bob on Friday.' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'event',
          strict: true,
          schema: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              participants: { type: 'array', items: { type: 'string' }, minItems: 1 },
              priority: { enum: [1, 2, 3] },
            },
            required: ['name', 'participants', 'priority'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({
      name: expect.any(String),
      participants: expect.arrayContaining([expect.any(String)]),
      priority: expect.any(Number),
    });
    const object = await client.chat.completions.create({
      model: 'sim-chat',
      messages: [{ role: 'user', content: 'Some JSON' }],
      response_format: { type: 'json_object' },
    });
    expect(JSON.parse(object.choices[0]?.message.content ?? '')).toMatchObject({ simulated: true });
  });

  it('counts hidden reasoning and shows it for sim-reasoner', async () => {
    const messages = [{ role: 'user' as const, content: 'Think.' }];
    const hidden = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      reasoning_effort: 'high',
    });
    const thought = hidden.usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(thought).toBeGreaterThan(30);
    expect(hidden.usage?.completion_tokens).toBeGreaterThan(thought);
    expect(hidden.choices[0]?.message).not.toHaveProperty('reasoning_content');
    const shown = await client.chat.completions.create({ model: 'sim-reasoner', messages });
    expect(shown.choices[0]?.message).toHaveProperty(
      'reasoning_content',
      expect.stringMatching(/^Simulated reasoning/),
    );
  });

  it('gives log probabilities, several choices, and reads images', async () => {
    const image = 'data:image/png;base64,iVBORw0KGgo=';
    const answer = await client.chat.completions.create({
      model: 'sim-chat',
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image_url', image_url: { url: image } },
          ],
        },
      ],
    });
    expect(answer.choices.map((choice) => choice.index)).toEqual([0, 1]);
    expect(answer.choices[0]?.message.content).not.toBe(answer.choices[1]?.message.content);
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(256);
    const logprobs = answer.choices[0]?.logprobs?.content ?? [];
    expect(logprobs.map((entry) => entry.token).join('')).toBe(answer.choices[0]?.message.content);
    for (const entry of logprobs) {
      expect(entry.top_logprobs).toHaveLength(2);
      expect(entry.logprob).toBeLessThanOrEqual(0);
    }
  });

  it('streams several choices interleaved', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-chat',
      n: 3,
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const order: number[] = [];
    for await (const chunk of stream) for (const choice of chunk.choices) order.push(choice.index);
    expect(new Set(order)).toEqual(new Set([0, 1, 2]));
    expect(order.indexOf(1)).toBeLessThan(order.lastIndexOf(0));
  });

  it('caches long prompts by itself and bills cached tokens lower', async () => {
    const long = 'The history of the harbour is long. '.repeat(300);
    const ask = (question: string): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create({
        model: 'sim-chat',
        max_completion_tokens: 20,
        messages: [
          { role: 'system', content: long },
          { role: 'user', content: question },
        ],
      });
    const first = await ask('One?');
    expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    const second = await ask('Two?');
    const cached = second.usage?.prompt_tokens_details?.cached_tokens ?? 0;
    expect(cached).toBeGreaterThanOrEqual(1024);
    expect(cached % 128).toBe(0);
    expect(simulator.bill.entries.at(-1)?.cost).toBe(
      ((second.usage?.prompt_tokens ?? 0) - cached) * 2500 +
        cached * 250 +
        (second.usage?.completion_tokens ?? 0) * 10_000,
    );
  });

  it('gets an id, a time and a usage of its own for a request that was made before', async () => {
    const clock = manualClock();
    const timed = createSimulator({ clock });
    await timed.listen();
    const other = new OpenAI({ baseURL: timed.baseUrls.openai, apiKey: 'k', maxRetries: 0 });
    const long = 'The history of the harbour is long. '.repeat(300);
    for (const content of ['Hello', long]) {
      const body = { model: 'sim-chat', messages: [{ role: 'user' as const, content }] };
      const one = await other.chat.completions.create(body);
      clock.advance(90_000);
      const two = await other.chat.completions.create(body);
      expect(two.choices).toEqual(one.choices);
      expect(two.id).not.toBe(one.id);
      expect(two.created - one.created).toBeGreaterThanOrEqual(90);
      expect(one.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
      if (content === long) {
        expect(two.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(1000);
      }
    }
    await timed.close();
  });

  it('lists models', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(simulator.models.map((model) => model.id));
    expect((await client.models.retrieve('sim-chat')).id).toBe('sim-chat');
  });
});

describe('errors reach the OpenAI client as its own classes', () => {
  const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] };
  const failure = async (call: Promise<unknown>): Promise<APIError> => {
    const reason: unknown = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(APIError);
    return reason as APIError;
  };

  it('an unknown model is a 404 with its code', async () => {
    const error = await failure(client.chat.completions.create({ ...hello, model: 'gpt-0' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      status: 404,
      code: 'model_not_found',
      type: 'invalid_request_error',
    });
    expect(error.requestID).toMatch(/^req_/);
  });

  it('a wrong key is a 401 that shows only its ends', async () => {
    const strict = createSimulator({ keys: ['right'] });
    await strict.listen();
    const wrong = new OpenAI({
      baseURL: strict.baseUrls.openai,
      apiKey: 'sk-secret-secret-9876',
      maxRetries: 0,
    });
    const error = await failure(wrong.chat.completions.create({ ...hello, model: 'sim-chat' }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.code).toBe('invalid_api_key');
    expect(error.message).not.toContain('secret');
    expect(strict.bill.count).toBe(0);
    await strict.close();
  });

  it('a wrong parameter is a 400 that names it', async () => {
    const error = await failure(
      client.chat.completions.create({ ...hello, model: 'sim-chat', temperature: 'hot' as never }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.param).toBe('temperature');
  });

  it('a prompt longer than the context is a 400 with its code', async () => {
    const error = await failure(
      client.chat.completions.create({
        model: 'sim-mini',
        messages: [{ role: 'user', content: 'word '.repeat(33_000) }],
      }),
    );
    expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('tool results without their call are a 400', async () => {
    const error = await failure(
      client.chat.completions.create({
        model: 'sim-chat',
        messages: [{ role: 'tool', tool_call_id: 'nobody', content: 'x' }],
      }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.message).toContain("'tool_calls'");
  });

  it('malformed JSON is a 400 and an unknown path a 404, both in the protocol’s shape', async () => {
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const url = `${simulator.baseUrls.openai}/chat/completions`;
    const malformed = await fetch(url, { method: 'POST', headers, body: '{"model": ' });
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    const unknown = await fetch(`${simulator.baseUrls.openai}/nothing`, { headers });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('rate limits come with headers and are kept by retries', async () => {
    const limited = createSimulator({
      limits: { requestsPerMinute: 60, tokensPerMinute: 100_000 },
    });
    await limited.listen();
    const one = new OpenAI({ baseURL: limited.baseUrls.openai, apiKey: 'k1', maxRetries: 0 });
    const { response } = await one.chat.completions
      .create({ ...hello, model: 'sim-chat' })
      .withResponse();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('59');
    expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+ms|1s)$/);
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('100000');
    const rest = Array.from({ length: 59 }, () =>
      one.chat.completions.create({ ...hello, model: 'sim-chat' }),
    );
    await Promise.all(rest);
    const error = await failure(one.chat.completions.create({ ...hello, model: 'sim-chat' }));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'requests' });
    expect(Number(error.headers?.get('retry-after-ms'))).toBeGreaterThan(0);
    const patient = new OpenAI({ baseURL: limited.baseUrls.openai, apiKey: 'k1', maxRetries: 2 });
    const answer = await patient.chat.completions.create({ ...hello, model: 'sim-chat' });
    expect(answer.choices).toHaveLength(1);
    await limited.close();
  });

  it('retries what the simulator fails on demand', async () => {
    simulator.faults.next('status-500', { times: 2 });
    const patient = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'k1', maxRetries: 2 });
    const answer = await patient.chat.completions.create({ ...hello, model: 'sim-chat' });
    expect(answer.choices).toHaveLength(1);
    expect([...simulator.requests].map((request) => request.status)).toEqual([500, 500, 200]);
    expect(simulator.bill.count).toBe(1);
  });
});
