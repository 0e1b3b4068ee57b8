import { createSimulator, type Simulator } from '@inferway/simulator';
import Together from 'together-ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;
let client: Together;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = new Together({
    baseURL: simulator.baseUrls.together,
    apiKey: 'tgp_v1_simulated',
    maxRetries: 0,
  });
});
afterAll(() => simulator.close());

const messages = [{ role: 'user' as const, content: 'Describe a harbour in 20 words.' }];

describe('Together’s own client, against the simulator', () => {
  it('chats, and sees the usage that is billed', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'sim-chat', messages })
      .withResponse();
    const [choice] = data.choices;
    expect(choice?.finish_reason).toBe('eos');
    expect(choice?.message?.content?.split(' ')).toHaveLength(20);
    expect(data.usage).toMatchObject({ cached_tokens: 0 });
    const bill = simulator.bill.of(response.headers.get('x-request-id') ?? '');
    expect(bill?.usage).toMatchObject({
      inputTokens: data.usage?.prompt_tokens,
      outputTokens: data.usage?.completion_tokens,
    });
    expect(bill?.protocol).toBe('together');
  });

  it('streams, with the usage in the chunk of the finish reason', async () => {
    const unary = await client.chat.completions.create({ model: 'sim-chat', messages });
    const stream = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      stream: true,
    });
    let text = '';
    const told = [];
    for await (const chunk of stream) {
      const [choice] = chunk.choices;
      expect(choice).toBeDefined();
      expect(choice).toMatchObject({ text: choice?.delta.content ?? '' });
      text += choice?.delta.content ?? '';
      if (chunk.usage) told.push([choice?.finish_reason, chunk.usage]);
    }
    expect(text).toBe(unary.choices[0]?.message?.content);
    expect(told).toEqual([['eos', unary.usage]]);
  });

  it('shows reasoning, and log probabilities in lists', async () => {
    const answer = await client.chat.completions.create({
      model: 'sim-reasoner',
      messages,
      reasoning: { enabled: true },
      reasoning_effort: 'low',
      logprobs: 1,
    });
    const [choice] = answer.choices;
    expect(choice?.message?.reasoning).toMatch(/^Simulated reasoning/u);
    expect(choice?.logprobs?.tokens?.join('')).toBe(choice?.message?.content);
    const silent = await client.chat.completions.create({
      model: 'sim-reasoner',
      messages,
      reasoning: { enabled: false },
    });
    expect(silent.choices[0]?.message?.reasoning).toBeUndefined();
  });

  it('calls tools, and gets JSON of a schema in either form', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    const called = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      tools: [{ type: 'function', function: { name: 'look', parameters } }],
      tool_choice: 'required',
    });
    const call = called.choices[0]?.message?.tool_calls?.[0];
    expect(call?.function.name).toBe('look');
    expect(JSON.parse(call?.function.arguments ?? '')).toHaveProperty('city');
    for (const form of [
      { json_schema: { name: 'x', schema: parameters } },
      { schema: parameters },
    ]) {
      const answer = await client.chat.completions.create({
        model: 'sim-chat',
        messages,
        response_format: { type: 'json_schema', ...form } as never,
      });
      expect(JSON.parse(answer.choices[0]?.message?.content ?? '')).toHaveProperty('city');
    }
  });

  it('completes, embeds and lists models with prices', async () => {
    const completed = await client.completions.create({ model: 'sim-mini', prompt: 'The sea' });
    expect(completed.choices[0]?.text).not.toBe('');
    const { data } = await client.embeddings.create({ model: 'sim-embed', input: ['a', 'b'] });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    const models = await client.models.list();
    expect(models.find(({ id }) => id === 'sim-chat')).toMatchObject({
      type: 'chat',
      pricing: { input: 2.5, output: 10, cached_input: 0.25 },
    });
  });

  it('gets errors of its own kinds', async () => {
    const ask = (model: string) => client.chat.completions.create({ model, messages });
    await expect(ask('nobody/knows')).rejects.toBeInstanceOf(Together.NotFoundError);
    await expect(ask('sim-chat:fault-rate-limit')).rejects.toMatchObject({
      status: 429,
      error: { error: { error_type: 'dynamic_request_limited' } },
    });
    await expect(ask('sim-chat:fault-overloaded')).rejects.toMatchObject({ status: 503 });
  });
});
