import { createClient } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGroq } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  return createClient({
    providers: [createGroq({ apiKey: 'gsk_any', baseUrl: simulator.baseUrls.groq })],
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
  model: 'groq/sim-chat',
  messages: [{ role: 'user', content: 'Write 40 words about harbours.' }],
} as const;

describe('Groq, against the simulator', () => {
  it('costs what is billed, streamed and not, and tells the server’s times', async () => {
    const unary = await client.chat(ask);
    const streamed = await (await client.chat.stream(ask)).result;
    expect(streamed.text).toBe(unary.text);
    for (const answer of [unary, streamed]) {
      const billed = simulator.bill.of(answer.meta.requestId ?? '');
      expect(answer.cost).toMatchObject({ known: true, total: billed?.cost });
      expect(answer.meta.timings?.server).toMatchObject({
        queue: 50,
        total: expect.any(Number) as number,
      });
    }
  });

  it('asks for everything at once, of which nothing is refused', async () => {
    const { meta, text } = await client.chat({
      ...ask,
      temperature: 0.5,
      topK: 3,
      minP: 0.1,
      frequencyPenalty: 1,
      logprobs: 1,
      choices: 2,
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'priority',
      promptCacheKey: 'k',
      reasoning: 'none',
    });
    expect(text).not.toBe('');
    expect(meta.warnings?.length).toBeGreaterThan(5);
  });

  it('takes its own reasoning and tool calls back', async () => {
    const tools = [{ name: 'look', parameters: { type: 'object', properties: {} } }];
    const request = { ...ask, model: 'groq/sim-reasoner', tools } as const;
    const first = await client.chat({ ...request, toolChoice: 'required' });
    expect(first.message.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
    const second = await client.chat({
      ...request,
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
  });

  it('embeds and lists', async () => {
    const { embeddings, meta } = await client.embed({
      model: 'groq/sim-embed',
      input: 'a',
      dimensions: 3,
    });
    expect(embeddings).toHaveLength(1);
    expect(meta.warnings).toMatchObject([{ setting: 'dimensions' }]);
    const { models } = await client.models();
    expect(models.find(({ id }) => id === 'sim-mini')).toMatchObject({ contextLength: 32_000 });
  });

  it.each([
    ['rate-limit', { code: 'rate_limit', status: 429, retryAfterMs: expect.any(Number) as number }],
    ['overloaded', { code: 'overloaded', status: 498, retryable: true }],
    ['F08', { code: 'overloaded', status: 200, retryable: true }],
    ['F07', { status: 200 }],
    ['F01', { code: 'stream_interrupted' }],
    ['F05', { code: 'connection' }],
    ['status-401', { code: 'authentication', status: 401 }],
  ])('%s is a typed error', async (fault, expected) => {
    simulator.faults.next(fault);
    const failed = client.chat.stream(ask).then((stream) => stream.result);
    await expect(failed).rejects.toMatchObject({
      ...expected,
      provider: 'groq',
      model: 'sim-chat',
      requestId: expect.stringMatching(/^req_01sim/u) as string,
    });
  });
});
