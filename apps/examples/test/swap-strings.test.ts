import { createClient, type Message } from '@inferway/core';
import { createGroq } from '@inferway/groq';
import { createHuggingFace } from '@inferway/huggingface';
import { createSimulator, DEFAULT_MODELS, type Simulator } from '@inferway/simulator';
import { createTogether } from '@inferway/together';
import { createVllm } from '@inferway/vllm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const LLAMA = 'meta-llama/Llama-3.3-70B-Instruct';
const [like] = DEFAULT_MODELS;

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const { baseUrls } = simulator;
  return createClient({
    providers: [
      createHuggingFace({ apiKey: 'hf_any', baseUrl: baseUrls.huggingface }),
      createTogether({ apiKey: 'any', baseUrl: baseUrls.together }),
      createGroq({ apiKey: 'any', baseUrl: baseUrls.groq }),
      createVllm({ baseUrl: baseUrls.vllm }),
    ],
  });
}

beforeAll(async () => {
  if (like === undefined) throw new Error('The simulator has no models.');
  simulator = createSimulator({
    // Groq has a name of its own for it.
    models: [
      { ...like, id: LLAMA },
      { ...like, id: 'llama-3.3-70b-versatile' },
    ],
  });
  await simulator.listen();
  client = connect();
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const MODELS = [
  `huggingface/${LLAMA}:together`,
  `together/${LLAMA}`,
  'groq/llama-3.3-70b-versatile',
  `vllm/${LLAMA}`,
] as const;

// A program whose only difference is this string: settings that not all take, tools, a schema, streams, earlier reasoning.
async function program(model: (typeof MODELS)[number]) {
  const question: Message = {
    role: 'user',
    content: 'Use the tool look for the harbour of Bergen.',
  };
  const settings = {
    model,
    temperature: 0.2,
    topK: 40,
    seed: 7,
    maxOutputTokens: 400,
    user: 'user-1',
    promptCacheKey: 'session-1',
    tools: [
      {
        name: 'look',
        parameters: {
          type: 'object',
          properties: { place: { type: 'string' } },
          required: ['place'],
        },
      },
    ],
  } as const;
  const asked = await client.chat.stream({
    ...settings,
    messages: [question],
    toolChoice: 'required',
    reasoning: 'low',
  });
  const called = await asked.result;
  const answered = await client.chat({
    ...settings,
    messages: [
      question,
      called.message,
      {
        role: 'tool',
        content: called.toolCalls.map(({ id, name }) => ({
          type: 'tool-result',
          id,
          name,
          content: 'Rain-4711.',
        })),
      },
    ],
  });
  const parsed = await client.chat({
    model,
    messages: [{ role: 'user', content: 'Give the city as JSON.' }],
    output: z.object({ city: z.string() }),
  });
  return { called, answered, parsed };
}

describe('One string', () => {
  it.each(MODELS)('%s is all that changes', async (model) => {
    const { called, answered, parsed } = await program(model);
    expect(called.finishReason.unified).toBe('tool-calls');
    expect(called.toolCalls.length).toBeGreaterThan(0);
    for (const { name, arguments: text } of called.toolCalls) {
      expect(name).toBe('look');
      expect(JSON.parse(text)).toHaveProperty('place');
    }
    expect(answered.text).toContain('Rain-4711');
    expect(answered.finishReason.unified).toBe('stop');
    for (const { usage, meta } of [called, answered, parsed]) {
      expect(usage?.inputTokens).toBeGreaterThan(0);
      expect(usage?.outputTokens).toBeGreaterThan(0);
      expect(meta.provider).toBe(model.split('/')[0]);
      expect(meta.requestId).toBeDefined();
    }
    expect(() => JSON.parse(parsed.text) as unknown).not.toThrow();
  });

  it('is enough, for what one of them does not take is left out and told', async () => {
    const told = await Promise.all(
      MODELS.map(async (model) => {
        const { called } = await program(model);
        return called.meta.warnings?.map(({ setting }) => setting).toSorted() ?? [];
      }),
    );
    expect(told[1]).toEqual(['promptCacheKey', 'user']);
    expect(told[2]).toEqual(['promptCacheKey', 'reasoning', 'topK']);
    expect(told[3]).toEqual(['promptCacheKey', 'user']);
    // None was refused for it: the strict one has rules of its own in the simulator.
    expect(simulator.requests.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  });
});
