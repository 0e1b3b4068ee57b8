import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = createSimulator({ keys: ['token-abc123'] });
  await simulator.listen();
  client = new OpenAI({ baseURL: simulator.baseUrls.vllm, apiKey: 'token-abc123', maxRetries: 0 });
});
afterAll(() => simulator.close());

const messages = [{ role: 'user' as const, content: 'Describe a harbour in 20 words.' }];

// vLLM's documentation uses OpenAI's client.
describe('OpenAI’s client, against the simulated vLLM', () => {
  it('chats, streamed and not', async () => {
    const unary = await client.chat.completions.create({ model: 'sim-chat', messages });
    expect(unary.choices[0]).toMatchObject({ finish_reason: 'stop', stop_reason: null });
    const streamed = await client.chat.completions
      .stream({ model: 'sim-chat', messages, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(unary.choices[0]?.message.content);
    expect(streamed.usage).toEqual(unary.usage);
  });

  it('shows reasoning under both names, and none where the template is told so', async () => {
    const ask = async (more: object) => {
      const body = { model: 'sim-reasoner', messages, ...more };
      return (await client.chat.completions.create(body)).choices[0]?.message;
    };
    const told = await ask({});
    expect(told).toMatchObject({
      reasoning: expect.stringMatching(/^Simulated reasoning/u) as string,
      reasoning_content: expect.any(String) as string,
    });
    const off = await ask({ chat_template_kwargs: { enable_thinking: false } });
    expect(off).not.toHaveProperty('reasoning');
  });

  it('calls tools with ids of vLLM’s style', async () => {
    const { choices } = await client.chat.completions.create({
      model: 'sim-chat',
      messages,
      tools: [{ type: 'function', function: { name: 'look' } }],
      tool_choice: 'required',
    });
    expect(choices[0]?.message.tool_calls?.[0]?.id).toMatch(/^chatcmpl-tool-/u);
  });

  it('completes, embeds and lists the length of contexts', async () => {
    const completed = await client.completions.create({ model: 'sim-chat', prompt: 'The sea' });
    expect(completed.choices[0]?.text).not.toBe('');
    const { data } = await client.embeddings.create({ model: 'sim-embed', input: 'a' });
    expect(data).toHaveLength(1);
    const listed = await client.models.list();
    expect(listed.data.find(({ id }) => id === 'sim-mini')).toMatchObject({
      max_model_len: 32_000,
    });
  });

  it('is asked for the key beneath /v1 and not beneath the root', async () => {
    const stranger = new OpenAI({
      baseURL: simulator.baseUrls.vllm,
      apiKey: 'wrong',
      maxRetries: 0,
    });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const root = simulator.baseUrls.vllm.replace(/\/v1$/u, '');
    expect((await fetch(`${root}/health`)).status).toBe(200);
    const version = (await (await fetch(`${root}/version`)).json()) as object;
    expect(version).toHaveProperty('version');
  });

  it('gets errors of its own kinds', async () => {
    const ask = (model: string) => client.chat.completions.create({ model, messages });
    await expect(ask('nobody')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(ask('sim-chat:fault-overloaded')).rejects.toMatchObject({ status: 503 });
  });
});
