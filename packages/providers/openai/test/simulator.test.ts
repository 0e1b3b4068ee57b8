import { createClient, InferwayError } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const provider = createOpenAI({ apiKey: 'sk-simulated', baseUrl: simulator.baseUrls.openai });
  return createClient({
    providers: [provider],
    middleware: [
      cost({ prices: simulator.priceBook }),
      timeout({ idleBytesMs: 300, idleContentMs: 600, firstEventMs: 2000, connectMs: 2000 }),
    ],
  });
}

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = connect();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const ask = {
  model: 'openai/sim-chat',
  messages: [{ role: 'user', content: 'Write 40 words about harbours.' }],
} as const;
const tools = [
  {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
    },
  },
];

describe('against the simulator', () => {
  it('costs what the simulator bills, streamed and not', async () => {
    const unary = await client.chat(ask);
    const streamed = await (await client.chat.stream(ask)).result;
    expect(streamed.text).toBe(unary.text);
    expect(unary.text.split(' ').length).toBeGreaterThan(20);
    for (const { meta, usage, cost: paid } of [unary, streamed]) {
      const billed = simulator.bill.of(meta.requestId ?? '');
      expect(usage).toMatchObject({
        inputTokens: billed?.usage.inputTokens,
        outputTokens: billed?.usage.outputTokens,
      });
      expect(paid).toMatchObject({ known: true, total: billed?.cost });
    }
  });

  it('calls tools with arguments that fit, several at once, streamed and not', async () => {
    const request = {
      ...ask,
      messages: [{ role: 'user', content: 'Use the tool in parallel for two cities.' }],
      tools,
      toolChoice: 'required',
    } as const;
    for (const { toolCalls, finishReason } of [
      await client.chat(request),
      await (await client.chat.stream(request)).result,
    ]) {
      expect(finishReason.unified).toBe('tool-calls');
      expect(toolCalls.length).toBeGreaterThan(1);
      for (const call of toolCalls) {
        expect(call.name).toBe('weather');
        expect(JSON.parse(call.arguments)).toEqual({
          city: expect.any(String) as string,
          days: expect.any(Number) as number,
        });
      }
    }
  });

  it('answers with JSON that fits a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
      additionalProperties: false,
    };
    const { parsed } = await client.chat({ ...ask, output: { type: 'json-schema', schema } });
    expect(parsed).toEqual({
      name: expect.any(String) as string,
      age: expect.any(Number) as number,
    });
  });

  it('takes its own answer back as input', async () => {
    const first = await client.chat(ask);
    const second = await client.chat({
      ...ask,
      messages: [...ask.messages, first.message, { role: 'user', content: 'And once more.' }],
    });
    expect(second.usage?.inputTokens).toBeGreaterThan(first.usage?.inputTokens ?? Infinity);
  });

  it('lists the simulated models', async () => {
    const { models, failures } = await client.models();
    expect(failures).toEqual([]);
    expect(models.map(({ id }) => id)).toContain('sim-chat');
  });

  it.each(['F02', 'F11', 'F14', 'F15', 'F16', 'F20', 'F21', 'F22', 'F23', 'F24', 'F25', 'F26'])(
    '%s changes nothing in the text',
    async (fault) => {
      const { text } = await client.chat(ask);
      simulator.faults.next(fault);
      const faulty = await (await client.chat.stream(ask)).result;
      expect(faulty.text).toBe(text);
      if (fault === 'F16') expect(faulty.cost).not.toMatchObject({ known: true, total: 0 });
    },
  );

  it.each([
    ['F01', 'stream_interrupted'],
    ['F04', 'connection'],
    ['F05', 'connection'],
    ['F08', 'overloaded'],
    ['F09', 'protocol'],
    ['F10', 'protocol'],
    ['F13', 'empty_response'],
    ['F27', 'too_large'],
    ['F34', 'timeout'],
    ['F35', 'timeout'],
    ['F52', 'server'],
    ['reset', 'connection'],
    ['rst-mid-event', 'connection'],
  ])('%s is %s', async (fault, code) => {
    simulator.faults.next(fault);
    const error: unknown = await client.chat
      .stream(ask)
      .then((stream) => stream.result)
      .catch((reason: unknown) => reason);
    expect(InferwayError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code,
      retryable: code !== 'too_large',
      provider: 'openai',
      model: 'sim-chat',
    });
  });

  it.each(['F06', 'F07', 'F12'])('%s is the error that the body names', async (fault) => {
    simulator.faults.next(fault);
    const error: unknown = await client.chat
      .stream(ask)
      .then((stream) => stream.result)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 200, providerCode: expect.any(String) as string });
  });

  it('F03: a call that was cut is never handed out', async () => {
    simulator.faults.next('F03');
    const error: unknown = await client.chat
      .stream({ ...ask, tools, toolChoice: 'required' })
      .then((stream) => stream.result)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'stream_interrupted' });
    expect(JSON.stringify((error as InferwayError).partial)).not.toContain('tool-call');
  });
});
