import Anthropic from '@anthropic-ai/sdk';
import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
});

afterEach(() => simulator.close());

/** The client knows the Hub and the router by fixed addresses: its `fetch` is what can be pointed elsewhere. */
const redirected: typeof fetch = (input, init) => {
  const url = String(input)
    .replace('https://router.huggingface.co', simulator.baseUrls.huggingfaceRoot)
    .replace('https://huggingface.co', simulator.baseUrls.huggingfaceRoot);
  return fetch(url, init);
};

const messages = [{ role: 'user' as const, content: 'Hello. My code is canary-77af.' }];

describe('the official Hugging Face client', () => {
  it('chats with an endpoint', async () => {
    const client = new InferenceClient('hf_test', { endpointUrl: simulator.baseUrls.huggingface });
    const answer = await client.chatCompletion({
      model: 'inferway/sim-chat',
      messages,
      max_tokens: 60,
    });
    expect(answer.choices[0]?.message.content).toContain('canary-77af');
    expect(answer.model).toBe('inferway/sim-chat');
    expect(answer.usage.prompt_tokens).toBe(simulator.bill.entries.at(-1)?.usage.inputTokens);
  });

  it('streams through the automatic router, billed to an organisation', async () => {
    const client = new InferenceClient('hf_test', { billTo: 'my-org', fetch: redirected });
    let text = '';
    let finish = '';
    const stream = client.chatCompletionStream({
      model: 'inferway/sim-chat',
      messages,
      provider: 'auto',
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect(text).toContain('canary-77af');
    expect(finish).toBe('stop');
    expect(simulator.bill.entries.at(-1)).toMatchObject({
      servedBy: 'groq',
      billTo: 'my-org',
      status: 'complete',
    });
  });

  it.each([
    ['inferway/sim-chat', 'novita', '/novita/v3/openai/chat/completions'],
    ['inferway/sim-mini', 'together', '/together/v1/chat/completions'],
  ] as const)('finds %s at %s by the Hub’s mapping', async (model, provider, path) => {
    const client = new InferenceClient('hf_test', { fetch: redirected });
    const answer = await client.chatCompletion({ model, provider, messages });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(simulator.requests.at(-1)?.path).toBe(`/huggingface${path}`);
    expect(simulator.bill.entries.at(-1)?.servedBy).toBe(provider);
  });

  it('calls a tool and writes JSON for a schema', async () => {
    const client = new InferenceClient('hf_test', { endpointUrl: simulator.baseUrls.huggingface });
    const called = await client.chatCompletion({
      model: 'inferway/sim-chat',
      messages,
      tool_choice: 'required',
      tools: [
        {
          type: 'function',
          function: {
            name: 'book',
            parameters: {
              type: 'object',
              properties: { seats: { type: 'integer', minimum: 1, maximum: 9 } },
              required: ['seats'],
            },
          },
        },
      ],
    });
    const [call] = called.choices[0]?.message.tool_calls ?? [];
    expect(call?.function.name).toBe('book');
    const structured = await client.chatCompletion({
      model: 'inferway/sim-chat',
      messages,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'n',
          schema: { type: 'object', properties: { ok: { const: true } }, required: ['ok'] },
        },
      },
    });
    expect(JSON.parse(structured.choices[0]?.message.content ?? '')).toMatchObject({ ok: true });
  });

  it('gets a refusal as its own error with the router’s body', async () => {
    const client = new InferenceClient('hf_test', { endpointUrl: simulator.baseUrls.huggingface });
    const reason: unknown = await client
      .chatCompletion({ model: 'inferway/nothing', messages })
      .catch((error: unknown) => error);
    expect(reason).toBeInstanceOf(InferenceClientProviderApiError);
    expect(reason).toHaveProperty('httpResponse.status', 400);
    expect(reason).toHaveProperty('httpResponse.body.error.code', 'model_not_supported');
  });
});

describe('the router', () => {
  const router = (): OpenAI =>
    new OpenAI({ baseURL: simulator.baseUrls.huggingface, apiKey: 'hf_test', maxRetries: 0 });

  it.each([
    ['', 'groq'],
    [':fastest', 'groq'],
    [':cheapest', 'novita'],
    [':preferred', 'together'],
    [':fireworks-ai', 'fireworks-ai'],
    [':simulated-newcomer', 'simulated-newcomer'],
  ])('serves the model with suffix "%s" by %s and says so', async (suffix, provider) => {
    const { data, response } = await router()
      .chat.completions.create({ model: `inferway/sim-chat${suffix}`, messages })
      .withResponse();
    expect(response.headers.get('x-inference-provider')).toBe(provider);
    expect(data.model).toBe('inferway/sim-chat');
  });

  it('speaks Responses and Messages too, to their official clients', async () => {
    const answer = await router().responses.create({
      model: 'inferway/sim-chat:novita',
      input: 'My code is canary-77af.',
    });
    expect(answer.output_text).toContain('canary-77af');
    expect(simulator.bill.entries.at(-1)?.servedBy).toBe('novita');
    const anthropic = new Anthropic({
      baseURL: simulator.baseUrls.huggingfaceRoot,
      authToken: 'hf_test',
      apiKey: null,
      maxRetries: 0,
    });
    const stream = anthropic.messages.stream({
      model: 'inferway/sim-chat:groq',
      max_tokens: 200,
      messages,
    });
    expect(await stream.finalText()).toContain('canary-77af');
    expect(simulator.requests.at(-1)?.path).toMatch(/^\/huggingface\/v1\/messages/u);
    expect(simulator.bill.entries.at(-1)?.servedBy).toBe('groq');
  });

  it.each(['auto', 'hyperbolic', 'nscale'])('refuses the provider "%s"', async (provider) => {
    await expect(
      router().chat.completions.create({ model: `inferway/sim-chat:${provider}`, messages }),
    ).rejects.toMatchObject({ status: 400, code: 'model_not_supported' });
  });

  it('lists every provider of a model with as much as each one tells', async () => {
    const response = await fetch(`${simulator.baseUrls.huggingface}/models`);
    const { data } = (await response.json()) as {
      data: { id: string; providers: { provider: string; pricing?: object }[] }[];
    };
    const chat = data.find((model) => model.id === 'inferway/sim-chat');
    const told = Object.fromEntries(
      (chat?.providers ?? []).map((entry) => [entry.provider, entry]),
    );
    expect(told['together']).toEqual({
      provider: 'together',
      status: 'live',
      context_length: 200_000,
      pricing: { input: 2.5, output: 10 },
      supports_tools: true,
      supports_structured_output: true,
      first_token_latency_ms: 611,
      throughput: 40.13,
      is_model_author: false,
    });
    expect(told['fireworks-ai']).not.toHaveProperty('pricing');
    expect(told['featherless-ai']).toEqual({ provider: 'featherless-ai', status: 'live' });
    expect(told['nscale']?.['status' as never]).toBe('error');
    expect(data.map((model) => model.id)).not.toContain('inferway/sim-embed');
  });

  it('bills at the prices that it lists, and the price book agrees', async () => {
    const answer = await router().chat.completions.create({
      model: 'inferway/sim-chat:novita',
      messages,
    });
    const entry = simulator.bill.entries.at(-1);
    const usage = {
      inputTokens: answer.usage?.prompt_tokens,
      outputTokens: answer.usage?.completion_tokens,
    };
    expect(entry?.cost).toBe((usage.inputTokens ?? 0) * 1500 + (usage.outputTokens ?? 0) * 6000);
    const model = { provider: 'huggingface', id: 'inferway/sim-chat:novita' };
    expect(simulator.priceBook.cost(model, usage, 0, 'novita')).toMatchObject({
      total: entry?.cost,
    });
  });
});

describe('the Hub', () => {
  const mapping = async (id: string): Promise<unknown> => {
    const response = await fetch(
      `${simulator.baseUrls.huggingfaceRoot}/api/models/${id}?expand[]=inferenceProviderMapping`,
    );
    const body = (await response.json()) as { inferenceProviderMapping?: unknown };
    return body.inferenceProviderMapping;
  };

  it('tells the mapping by name, as a list, or not at all', async () => {
    expect(await mapping('inferway/sim-chat')).toMatchObject({
      together: { status: 'live', providerId: 'sim-chat', task: 'conversational' },
    });
    expect(await mapping('inferway/sim-mini')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          provider: 'together',
          hfModelId: 'inferway/sim-mini',
          providerId: 'sim-mini',
        }),
      ]),
    );
    expect(await mapping('inferway/sim-embed')).toBeUndefined();
  });
});
