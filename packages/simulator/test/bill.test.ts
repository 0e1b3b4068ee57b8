import Anthropic from '@anthropic-ai/sdk';
import { priceUsage, type Usage } from '@inferway/core';
import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';

let simulator: Simulator;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  openai = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'k', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: simulator.baseUrls.anthropic, apiKey: 'k', maxRetries: 0 });
});

afterAll(() => simulator.close());

const prompt = fc.constantFrom(
  'Hi',
  'Write 30 words.',
  'Use a tool.',
  `${'A long text about ports. '.repeat(260)} Sum up.`,
);
const chat = fc.record(
  {
    prompt,
    model: fc.constantFrom('sim-chat', 'sim-mini', 'sim-reasoner', 'sim-claude'),
    stream: fc.boolean(),
    limit: fc.integer({ min: 1, max: 200 }),
    tools: fc.boolean(),
    effort: fc.constantFrom('low' as const, 'high' as const),
    choices: fc.integer({ min: 1, max: 3 }),
    cache: fc.constantFrom('5m' as const, '1h' as const),
  },
  { requiredKeys: ['prompt', 'model', 'stream', 'limit'] },
);
type Chat = typeof chat extends fc.Arbitrary<infer T> ? T : never;

const PARAMETERS = {
  type: 'object' as const,
  properties: { a: { type: 'integer' } },
  required: ['a'],
};

async function overOpenai(request: Chat): Promise<Usage> {
  const body = {
    model: request.model,
    messages: [{ role: 'user' as const, content: request.prompt }],
    max_completion_tokens: request.limit,
    ...(request.tools === true
      ? {
          tools: [
            { type: 'function' as const, function: { name: 'look', parameters: PARAMETERS } },
          ],
        }
      : {}),
    ...(request.effort === undefined ? {} : { reasoning_effort: request.effort }),
    ...(request.choices === undefined ? {} : { n: request.choices }),
  };
  let usage: OpenAI.CompletionUsage | null | undefined;
  if (request.stream) {
    const stream = await openai.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) usage = chunk.usage ?? usage;
  } else usage = (await openai.chat.completions.create(body)).usage;
  return {
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    cacheReadTokens: usage?.prompt_tokens_details?.cached_tokens,
  };
}

async function overAnthropic(request: Chat): Promise<Usage> {
  const message = await anthropic.messages
    .stream({
      model: request.model,
      max_tokens: request.limit,
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: request.prompt,
              ...(request.cache === undefined
                ? {}
                : { cache_control: { type: 'ephemeral' as const, ttl: request.cache } }),
            },
          ],
        },
      ],
      ...(request.tools === true ? { tools: [{ name: 'look', input_schema: PARAMETERS }] } : {}),
    })
    .finalMessage();
  const { usage } = message;
  const read = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  return {
    inputTokens: usage.input_tokens + read + written,
    outputTokens: usage.output_tokens,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
  };
}

describe('the bill', () => {
  it('is what the reported usage costs, for every request in both protocols', async () => {
    await fc.assert(
      fc.asyncProperty(chat, fc.constantFrom(overOpenai, overAnthropic), async (request, send) => {
        const before = simulator.bill.total();
        const usage = await send(request);
        const prices = simulator.prices[request.model] ?? { input: 0, output: 0 };
        const cost = priceUsage(prices, usage);
        expect(cost).toMatchObject({ known: true, total: simulator.bill.total() - before });
        expect(simulator.bill.entries.at(-1)?.usage).toMatchObject(usage);
        expect(usage.outputTokens).toBeLessThanOrEqual(request.limit * (request.choices ?? 1));
      }),
      { numRuns: 120 },
    );
  });
});
