import { createSimulator, type Simulator } from '@inferway/simulator';
import Groq from 'groq-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;
let client: Groq;

beforeAll(async () => {
  simulator = createSimulator({ limits: { requestsPerMinute: 1000 } });
  await simulator.listen();
  client = new Groq({ baseURL: simulator.baseUrls.groq, apiKey: 'gsk_simulated', maxRetries: 0 });
});
afterAll(() => simulator.close());

const messages = [{ role: 'user' as const, content: 'Describe a harbour in 20 words.' }];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

describe('Groq’s own client, against the simulator', () => {
  it('chats, and sees usage with times, and limits in headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'sim-chat', messages, service_tier: 'flex' })
      .withResponse();
    const [choice] = data.choices;
    expect(choice?.finish_reason).toBe('stop');
    expect(choice?.message.content?.split(' ')).toHaveLength(20);
    expect(data.usage?.total_time).toBeGreaterThan(0);
    expect(data.service_tier).toBe('flex');
    expect(data.x_groq?.id).toBe(data.id);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('1000');
    const bill = simulator.bill.of(response.headers.get('x-request-id') ?? '');
    expect(bill).toMatchObject({
      protocol: 'groq',
      usage: { outputTokens: data.usage?.completion_tokens },
    });
  });

  it('streams, with an id in the first chunk and usage in the last', async () => {
    const unary = await client.chat.completions.create({ model: 'sim-chat', messages });
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      stream: true,
    })) {
      chunks.push(chunk);
    }
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(unary.choices[0]?.message.content);
    expect(chunks[0]?.x_groq?.id).toBeDefined();
    expect(chunks.at(-1)?.x_groq?.usage).toEqual(unary.usage);
    expect(chunks.filter((chunk) => 'usage' in chunk)).toHaveLength(1);
  });

  it('shows reasoning as it was asked for', async () => {
    const ask = async (how: object) => {
      const answer = await client.chat.completions.create({
        model: 'sim-reasoner',
        messages,
        ...how,
      });
      return answer.choices[0]?.message;
    };
    expect(await ask({ reasoning_format: 'parsed' })).toMatchObject({
      reasoning: expect.stringMatching(/^Simulated reasoning/u) as string,
    });
    expect((await ask({ reasoning_format: 'raw' }))?.content).toMatch(/^<think>\nSimulated/u);
    for (const how of [{ reasoning_format: 'hidden' }, { include_reasoning: false }]) {
      const message = await ask(how);
      expect(message).not.toHaveProperty('reasoning');
      expect(message?.content).not.toContain('<think>');
    }
    expect(await ask({ reasoning_effort: 'none' })).not.toHaveProperty('reasoning');
    await expect(
      ask({ reasoning_format: 'parsed', include_reasoning: true }),
    ).rejects.toBeInstanceOf(Groq.BadRequestError);
  });

  it('calls tools and takes their results', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'look', parameters } }];
    const { choices } = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      tools,
      tool_choice: 'required',
    });
    const message = choices[0]?.message;
    const call = message?.tool_calls?.[0];
    expect(JSON.parse(call?.function.arguments ?? '')).toHaveProperty('city');
    const after = await client.chat.completions.create({
      model: 'sim-chat',
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: message?.tool_calls ?? [] },
        { role: 'tool', tool_call_id: call?.id ?? '', content: 'Sunny.' },
      ],
    });
    expect(after.choices[0]?.message.content).toContain('Sunny');
  });

  it('is refused what Groq refuses', async () => {
    for (const more of [{ n: 2 }, { logprobs: true }, { top_k: 3 }, { prompt_cache_key: 'x' }]) {
      await expect(
        client.chat.completions.create({ model: 'sim-chat', messages, ...more }),
      ).rejects.toBeInstanceOf(Groq.BadRequestError);
    }
    await expect(
      client.chat.completions.create({
        model: 'sim-chat',
        messages: [
          ...messages,
          { role: 'assistant', content: 'x', reasoning_content: 'y' } as never,
        ],
      }),
    ).rejects.toThrow("property 'reasoning_content' is unsupported");
  });

  it('embeds, lists models, and gets errors of its own kinds', async () => {
    const { data } = await client.embeddings.create({ model: 'sim-embed', input: ['a', 'b'] });
    expect(data).toHaveLength(2);
    const models = await client.models.list();
    expect(models.data.find(({ id }) => id === 'sim-mini')).toMatchObject({
      context_window: 32_000,
    });
    const ask = (model: string) => client.chat.completions.create({ model, messages });
    await expect(ask('nobody')).rejects.toBeInstanceOf(Groq.NotFoundError);
    await expect(ask('sim-chat:fault-rate-limit')).rejects.toBeInstanceOf(Groq.RateLimitError);
    await expect(ask('sim-chat:fault-overloaded')).rejects.toMatchObject({ status: 498 });
  });
});
