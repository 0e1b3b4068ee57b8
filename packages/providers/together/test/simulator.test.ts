import { createClient } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTogether } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const together = createTogether({ apiKey: 'tgp_v1_any', baseUrl: simulator.baseUrls.together });
  return createClient({
    providers: [together],
    middleware: [
      cost({ prices: simulator.priceBook }),
      timeout({ idleBytesMs: 300, idleContentMs: 600, firstEventMs: 2000, connectMs: 2000 }),
    ],
  });
}

beforeAll(async () => {
  simulator = createSimulator({ limits: { requestsPerMinute: 6000, tokensPerMinute: 1e6 } });
  await simulator.listen();
  client = connect();
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const ask = {
  model: 'together/sim-chat',
  messages: [{ role: 'user', content: 'Write 40 words about harbours.' }],
} as const;
const tools = [
  {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
];

describe('Together, against the simulator', () => {
  it('costs what is billed, streamed and not, and tells the limits', async () => {
    const unary = await client.chat(ask);
    const streamed = await (await client.chat.stream(ask)).result;
    expect(streamed.text).toBe(unary.text);
    for (const answer of [unary, streamed]) {
      const billed = simulator.bill.of(answer.meta.requestId ?? '');
      expect(answer.usage).toMatchObject({
        inputTokens: billed?.usage.inputTokens,
        outputTokens: billed?.usage.outputTokens,
        cacheReadTokens: 0,
      });
      expect(answer.cost).toMatchObject({ known: true, total: billed?.cost });
      expect(answer.finishReason).toEqual({ unified: 'stop', raw: 'eos' });
      expect(answer.meta.rateLimit).toMatchObject({
        requests: { limit: 6000, windowMs: 1000 },
        tokens: { limit: 1_000_000, windowMs: 1000 },
      });
    }
  });

  it('completes and embeds', async () => {
    const streamed = await client.complete.stream({
      model: 'together/sim-mini',
      prompt: 'The sea',
    });
    const completed = await streamed.result;
    expect(completed.finishReason).toEqual({ unified: 'length', raw: 'length' });
    const embedded = await client.embed({
      model: 'together/sim-embed',
      input: ['a', 'b'],
      encoding: 'float',
    });
    expect(embedded.embeddings).toHaveLength(2);
    for (const answer of [completed, embedded]) {
      expect(answer.cost).toMatchObject({
        known: true,
        total: simulator.bill.of(answer.meta.requestId ?? '')?.cost,
      });
    }
  });

  it('shows reasoning, calls tools, and takes both back', async () => {
    const first = await client.chat({
      ...ask,
      model: 'together/sim-reasoner',
      tools,
      toolChoice: 'required',
      reasoning: 'low',
    });
    expect(first.message.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
    expect(first.finishReason.unified).toBe('tool-calls');
    const [call] = first.toolCalls;
    const second = await client.chat({
      ...ask,
      model: 'together/sim-reasoner',
      tools,
      messages: [
        ...ask.messages,
        first.message,
        { role: 'tool', content: [{ type: 'tool-result', id: call?.id ?? '', content: 'Fine.' }] },
      ],
    });
    expect(second.text).toContain('Fine');
    const sent = simulator.requests.at(-1)?.body as { messages: Record<string, unknown>[] };
    expect(sent.messages[1]?.['reasoning']).toMatch(/^Simulated reasoning/u);
  });

  it('tells the server’s warnings', async () => {
    const request = { ...ask, providerOptions: { together: { parallel_tool_calls: false } } };
    const said = '`parallel_tool_calls` is not supported and was ignored.';
    const unary = await client.chat(request);
    const streamed = await (await client.chat.stream(request)).result;
    for (const { meta } of [unary, streamed]) {
      expect(meta.warnings?.map(({ message }) => message)).toEqual([said]);
    }
  });

  it('gives log probabilities', async () => {
    const { logprobs, text } = await client.chat({ ...ask, logprobs: 0 });
    expect(logprobs?.map(({ token }) => token).join('')).toBe(text);
  });

  it.each([
    ['rate-limit', { code: 'rate_limit', status: 429, retryable: true }],
    ['overloaded', { code: 'overloaded', status: 503, retryable: true }],
    ['quota', { code: 'billing', status: 402, retryable: false, fallbackable: true }],
    ['F06', { status: 200 }],
    ['F01', { code: 'stream_interrupted' }],
    ['F05', { code: 'connection' }],
  ])('%s is a typed error', async (fault, expected) => {
    simulator.faults.next(fault);
    const failed = client.chat.stream(ask).then((stream) => stream.result);
    await expect(failed).rejects.toMatchObject({
      ...expected,
      provider: 'together',
      model: 'sim-chat',
      requestId: expect.stringMatching(/^together-sim/u) as string,
    });
  });

  it('says when to come back, by the limits’ own header', async () => {
    simulator.faults.next('rate-limit');
    await expect(client.chat(ask)).rejects.toMatchObject({
      retryAfterMs: expect.any(Number) as number,
    });
  });

  it('an unknown model and a wrong prompt are told with their status and cure', async () => {
    await expect(client.chat({ ...ask, model: 'together/no/such' })).rejects.toMatchObject({
      code: 'not_found',
      status: 404,
      fallbackable: false,
    });
    const long = 'word '.repeat(40_000);
    await expect(
      client.chat({ model: 'together/sim-mini', messages: [{ role: 'user', content: long }] }),
    ).rejects.toMatchObject({ code: 'context_length', status: 422 });
  });

  it('lists what is served, with prices', async () => {
    const { models, failures } = await client.models();
    expect(failures).toEqual([]);
    expect(models.find(({ id }) => id === 'sim-chat')).toMatchObject({
      provider: 'together',
      ownedBy: 'Inferway simulator',
      contextLength: 200_000,
      operations: ['chat'],
      prices: simulator.prices['sim-chat'] && {
        input: 2_500_000_000,
        output: 10_000_000_000,
        cacheRead: 250_000_000,
      },
    });
  });
});
