import { createClient } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFireworks, type FireworksOptions } from '../src/index.js';

let simulator: Simulator;
const open: { close(): Promise<void> }[] = [];

function connect(options: FireworksOptions = {}) {
  const baseUrl = simulator.baseUrls.fireworks;
  const client = createClient({
    providers: [createFireworks({ apiKey: 'fw_any', baseUrl, ...options })],
    middleware: [
      cost({ prices: simulator.priceBook }),
      timeout({ idleBytesMs: 300, idleContentMs: 600, firstEventMs: 2000, connectMs: 2000 }),
    ],
  });
  open.push(client);
  return client;
}

beforeAll(async () => {
  simulator = createSimulator({ limits: { requestsPerMinute: 600, inputTokensPerMinute: 1e6 } });
  await simulator.listen();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await simulator.close();
});

const ask = {
  model: 'fireworks/accounts/fireworks/models/sim-chat',
  messages: [{ role: 'user', content: 'Write 40 words about harbours.' }],
} as const;
const tools = [{ name: 'look', parameters: { type: 'object', properties: {} } }];

describe('Fireworks, against the simulator', () => {
  it.each(['chat-completions', 'messages', 'responses'] as const)(
    'bills what it tells, by %s',
    async (api) => {
      const client = connect({ api });
      const unary = await client.chat(ask);
      const streamed = await (await client.chat.stream(ask)).result;
      expect(streamed.text).toBe(unary.text);
      for (const answer of [unary, streamed]) {
        const billed = simulator.bill.of(answer.meta.requestId ?? '');
        expect(answer.usage).toMatchObject({
          inputTokens: billed?.usage.inputTokens,
          outputTokens: billed?.usage.outputTokens,
        });
        expect(answer.meta.rateLimit).toMatchObject({
          requests: { limit: 600 },
          inputTokens: { limit: 1_000_000 },
        });
        expect(answer.meta.timings?.server).toHaveProperty('processing');
      }
    },
  );

  it.each(['chat-completions', 'messages', 'responses'] as const)(
    'takes reasoning and calls back, by %s',
    async (api) => {
      const client = connect({ api });
      const request = {
        ...ask,
        model: 'fireworks/accounts/fireworks/models/sim-reasoner',
        tools,
        toolChoice: 'required',
        reasoning: 'low',
      } as const;
      const first = await client.chat(request);
      expect(first.message.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
      const second = await client.chat({
        ...request,
        toolChoice: 'auto',
        messages: [
          ...ask.messages,
          first.message,
          {
            role: 'tool',
            content: [
              {
                type: 'tool-result',
                id: first.toolCalls[0]?.id ?? '',
                name: 'look',
                content: 'Fog.',
              },
            ],
          },
        ],
      });
      expect(second.text).toContain('Fog');
    },
  );

  it('tells the times of a stream', async () => {
    const { meta } = await (await connect().chat.stream(ask)).result;
    expect(meta.timings?.server).toMatchObject({ firstToken: 125, processing: 500 });
  });

  it('completes, embeds and lists', async () => {
    const client = connect();
    const stream = await client.complete.stream({ model: ask.model, prompt: 'The sea' });
    const completed = await stream.result;
    expect(completed.usage?.outputTokens).toBeGreaterThan(0);
    const { embeddings } = await client.embed({ model: 'fireworks/sim-embed', input: ['a', 'b'] });
    expect(embeddings).toHaveLength(2);
    const { models } = await client.models();
    expect(models.find(({ id }) => id.endsWith('/sim-chat'))).toMatchObject({
      tools: true,
      inputModalities: ['text', 'image'],
    });
  });

  it.each([
    ['rate-limit', { code: 'rate_limit', status: 429 }],
    ['quota', { code: 'billing', status: 412, retryable: false, fallbackable: true }],
    ['overloaded', { code: 'overloaded', status: 503 }],
    ['F06', { status: 200 }],
    ['F01', { code: 'stream_interrupted' }],
  ])('%s is a typed error', async (fault, expected) => {
    simulator.faults.next(fault);
    const failed = connect()
      .chat.stream(ask)
      .then((stream) => stream.result);
    await expect(failed).rejects.toMatchObject({ ...expected, provider: 'fireworks' });
  });
});
