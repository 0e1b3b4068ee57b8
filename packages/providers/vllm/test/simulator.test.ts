import { createClient } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createVllm, type VllmOptions } from '../src/index.js';

let simulator: Simulator;
const open: { close(): Promise<void> }[] = [];

function connect(options: VllmOptions = {}) {
  const client = createClient({
    providers: [createVllm({ baseUrl: simulator.baseUrls.vllm, ...options })],
    middleware: [
      cost({ prices: simulator.priceBook }),
      timeout({ idleBytesMs: 300, idleContentMs: 600, firstEventMs: 2000, connectMs: 2000 }),
    ],
  });
  open.push(client);
  return client;
}

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await simulator.close();
});

const ask = {
  model: 'vllm/sim-chat',
  messages: [{ role: 'user', content: 'Write 40 words about harbours.' }],
} as const;
const tools = [{ name: 'look', parameters: { type: 'object', properties: {} } }];

describe.each(['chat-completions', 'messages', 'responses'] as const)(
  'vLLM by %s, simulated',
  (api) => {
    it('needs no key, and tells what is billed', async () => {
      const client = connect({ api });
      const unary = await client.chat(ask);
      const streamed = await (await client.chat.stream(ask)).result;
      expect(streamed.text).toBe(unary.text);
      for (const answer of [unary, streamed]) {
        const billed = simulator.bill.of(answer.meta.requestId ?? '');
        expect(billed?.protocol).toBe('vllm');
        expect(answer.usage).toMatchObject({
          inputTokens: billed?.usage.inputTokens,
          outputTokens: billed?.usage.outputTokens,
        });
      }
    });

    it('takes its reasoning and calls back', async () => {
      const client = connect({ api });
      const request = { ...ask, model: 'vllm/sim-reasoner', tools, reasoning: 'low' } as const;
      const first = await client.chat({ ...request, toolChoice: 'required' });
      expect(first.message.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
      const second = await client.chat({
        ...request,
        messages: [
          ...ask.messages,
          first.message,
          {
            role: 'tool',
            content: [{ type: 'tool-result', id: first.toolCalls[0]?.id ?? '', content: 'Fog.' }],
          },
        ],
      });
      expect(second.text).toContain('Fog');
    });
  },
);

describe('vLLM, simulated', () => {
  it('counts the tokens that a chat is billed', async () => {
    const client = connect();
    const { inputTokens, tokens } = await client.countTokens(ask);
    const { usage } = await client.chat(ask);
    expect(inputTokens).toBe(usage?.inputTokens);
    expect(tokens).toHaveLength(inputTokens);
    const back = await client.raw({
      model: ask.model,
      path: 'detokenize',
      json: { tokens: [...(tokens ?? [])] },
    });
    expect(JSON.stringify(back.json)).toContain('harbours');
  });

  it('tells times where it is asked to, streamed and not', async () => {
    const client = connect({ metrics: true });
    const streamed = await (await client.chat.stream(ask)).result;
    for (const { meta } of [await client.chat(ask), streamed]) {
      expect(meta.timings?.server).toEqual({ queue: 12.3, firstToken: 85.2, generation: 1240.5 });
    }
  });

  it('has routes that only raw calls reach', async () => {
    const client = connect();
    const version = await client.raw({ model: 'vllm/sim-chat', path: 'version' });
    expect(version.json).toHaveProperty('version');
    const health = await client.raw({ model: 'vllm/sim-chat', path: 'health' });
    expect(health.status).toBe(200);
  });

  it('completes, embeds and lists', async () => {
    const client = connect();
    const stream = await client.complete.stream({ model: 'vllm/sim-chat', prompt: 'The sea' });
    const completed = await stream.result;
    expect(completed.usage?.outputTokens).toBeGreaterThan(0);
    const { embeddings } = await client.embed({ model: 'vllm/sim-embed', input: ['a', 'b'] });
    expect(embeddings).toHaveLength(2);
    const { models } = await client.models();
    expect(models.find(({ id }) => id === 'sim-mini')).toMatchObject({ contextLength: 32_000 });
  });

  it.each([
    ['overloaded', { code: 'overloaded', status: 503 }],
    ['status-404', { code: 'not_found', status: 404 }],
    ['F06', { status: 200 }],
    ['F01', { code: 'stream_interrupted' }],
    ['F05', { code: 'connection' }],
  ])('%s is a typed error', async (fault, expected) => {
    simulator.faults.next(fault);
    const failed = connect()
      .chat.stream(ask)
      .then((stream) => stream.result);
    await expect(failed).rejects.toMatchObject({ ...expected, provider: 'vllm' });
  });
});
