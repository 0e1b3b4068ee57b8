import { createClient, type ChatInput, type Message } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const provider = createOpenAI({
    apiKey: 'sk-simulated',
    baseUrl: simulator.baseUrls.openai,
    api: 'responses',
  });
  return createClient({ providers: [provider] });
}

beforeAll(async () => {
  const prices = { input: 1, output: 1 };
  simulator = createSimulator({
    models: [
      { id: 'gpt-5', prices, reasons: true },
      { id: 'gpt-4.1', prices },
    ],
  });
  await simulator.listen();
  client = connect();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const question: Message = { role: 'user', content: 'What is the weather in Lisbon?' };
const asked = {
  model: 'openai/gpt-5',
  messages: [question],
  toolChoice: 'required',
  tools: [
    {
      name: 'weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  ],
} as const satisfies ChatInput & { model: string };

function answered(call: { readonly id: string } | undefined): Message {
  const content = 'Sunny, canary-19.';
  return { role: 'tool', content: [{ type: 'tool-result', id: call?.id ?? '', content }] };
}

describe('Responses against the simulator', () => {
  it.each([false, true])(
    'sends reasoning and calls back as they came, and is accepted (streamed: %s)',
    async (stream) => {
      const first = stream
        ? await (
            await client.chat.stream(asked)
          ).result
        : await client.chat(asked);
      expect(first.finishReason).toEqual({ unified: 'tool-calls', raw: 'completed' });
      expect(first.message.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
      expect(first.message.content[0]?.opaque).toMatchObject({
        format: 'openai-responses',
        value: {
          id: expect.stringMatching(/^rs_/u) as string,
          encrypted_content: expect.stringMatching(/^gAAAA/u) as string,
        },
      });
      expect(first.usage?.reasoningTokens).toBeGreaterThan(0);
      const next = await client.chat({
        ...asked,
        toolChoice: 'none',
        messages: [question, first.message, answered(first.toolCalls[0])],
      });
      expect(next.text).toContain('canary-19');
      expect(next.meta.warnings).toBeUndefined();
    },
  );

  it('is accepted where an application left the reasoning out', async () => {
    const first = await client.chat(asked);
    const content = first.message.content.filter(({ type }) => type !== 'reasoning');
    expect(content[0]?.opaque).toMatchObject({
      value: { id: expect.stringMatching(/^fc_/u) as string },
    });
    const next = await client.chat({
      ...asked,
      toolChoice: 'none',
      messages: [question, { role: 'assistant', content }, answered(first.toolCalls[0])],
    });
    expect(next.text).toContain('canary-19');
  });

  it('is refused with a typed error where reasoning was changed', async () => {
    const first = await client.chat(asked);
    const [reasoning, call] = first.message.content;
    if (reasoning?.type !== 'reasoning' || call === undefined)
      throw new Error('No reasoning came.');
    const opaque = { format: 'openai-responses', value: { encrypted_content: 'gAAAAspoilt.x' } };
    const messages: Message[] = [
      question,
      { role: 'assistant', content: [{ ...reasoning, opaque }, call] },
      answered(first.toolCalls[0]),
    ];
    await expect(client.chat({ ...asked, messages })).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      providerCode: 'invalid_encrypted_content',
      requestId: expect.stringMatching(/^req_/u) as string,
    });
  });

  it('is accepted with reasoning of another provider, which is left out with a warning', async () => {
    const foreign: Message = {
      role: 'assistant',
      content: [
        {
          type: 'reasoning',
          text: 'Ask the tool.',
          opaque: { format: 'anthropic-messages', value: { signature: 'c2ln' } },
        },
        { type: 'text', text: 'Let me see.' },
        { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Lisbon"}' },
      ],
    };
    const next = await client.chat({
      ...asked,
      toolChoice: 'none',
      messages: [question, foreign, answered({ id: 'toolu_1' })],
    });
    expect(next.text).toContain('canary-19');
    expect(next.meta.warnings).toMatchObject([
      { type: 'unsupported', setting: 'messages[1].content[0]' },
    ]);
  });

  it('holds an answer to a schema', async () => {
    const schema = {
      type: 'object',
      properties: { ships: { type: 'integer' } },
      required: ['ships'],
      additionalProperties: false,
    };
    const { parsed } = await client.chat({
      model: 'openai/gpt-4.1',
      messages: [question],
      output: { type: 'json-schema', schema },
    });
    expect(parsed).toEqual({ ships: expect.any(Number) as number });
  });

  it('counts tokens as the bill does', async () => {
    const { inputTokens } = await client.countTokens({ model: asked.model, messages: [question] });
    const { usage } = await client.chat({ model: asked.model, messages: [question] });
    expect(inputTokens).toBe(usage?.inputTokens);
  });

  it('parks a quota that ends inside a 200', async () => {
    simulator.faults.next('quota-in-stream');
    const stream = client.chat.stream({ model: 'openai/gpt-4.1', messages: [question] });
    await expect(stream.then(({ result }) => result)).rejects.toMatchObject({
      code: 'billing',
      retryable: false,
      providerCode: 'insufficient_quota',
    });
  });

  it.each([
    ['F01', 'stream_interrupted'],
    ['F04', 'connection'],
    ['F05', 'connection'],
    ['F06', 'server'],
    ['F07', 'server'],
    ['F08', 'overloaded'],
    ['F09', 'protocol'],
    ['F10', 'protocol'],
    ['F12', 'server'],
    ['F13', 'empty_response'],
    ['quota', 'billing'],
    ['rate-limit', 'rate_limit'],
  ])('%s is %s', async (fault, code) => {
    simulator.faults.next(fault);
    const stream = client.chat.stream({ model: 'openai/gpt-4.1', messages: [question] });
    await expect(stream.then(({ result }) => result)).rejects.toMatchObject({
      code,
      provider: 'openai',
    });
  });

  it.each(['F11', 'F14', 'F15', 'F20', 'F21', 'F22', 'F23', 'F24', 'F25', 'unknown-events'])(
    '%s is read all the same',
    async (fault) => {
      const request = { model: 'openai/gpt-4.1', messages: [question] } as const;
      const whole = await client.chat(request);
      simulator.faults.next(fault);
      const read = await (await client.chat.stream(request)).result;
      expect(read.text).toBe(whole.text);
      expect(read.usage).toMatchObject({ outputTokens: whole.usage?.outputTokens });
    },
  );
});
