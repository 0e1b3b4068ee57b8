import { createClient, type Client } from '@inferway/core';
import { cost, standard } from '@inferway/core/middleware';
import {
  createHuggingFace,
  createHuggingFaceCatalog,
  type HuggingFaceApi,
  type HuggingFaceOptions,
  type HuggingFaceProvider,
} from '@inferway/huggingface';
import { createSimulator } from '@inferway/simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';

const simulator = createSimulator();
const open: { close(): Promise<void> }[] = [];
beforeEach(() => simulator.listen());
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await simulator.close();
});

const urls = (): HuggingFaceOptions => ({
  apiKey: 'hf_simulated',
  baseUrl: simulator.baseUrls.huggingface,
  hubUrl: simulator.baseUrls.huggingfaceRoot,
});
const connect = (options: HuggingFaceOptions = {}): Client<HuggingFaceProvider> => {
  const client = createClient({
    providers: [createHuggingFace({ ...urls(), ...options })],
    middleware: [
      ...standard({ cost: false, retry: { baseMs: 1 } }),
      cost({ prices: simulator.priceBook }),
    ],
  });
  open.push(client);
  return client;
};
const messages = [{ role: 'user', content: 'Write twenty words.' }] as const;

test.each([
  ['cheapest', 'novita'],
  ['fastest', 'groq'],
  ['auto', 'groq'],
  ['preferred', 'together'],
  ['fireworks-ai', 'fireworks-ai'],
])('the router chooses by :%s, and the cost is that of who served', async (suffix, servedBy) => {
  const [model] = simulator.models;
  const client = connect({ billTo: 'an-org' });
  const request = { model: `huggingface/inferway/${model?.id}:${suffix}`, messages } as const;
  const before = simulator.bill.total();
  const answer = await client.chat(request);
  expect(answer.meta.servedBy).toBe(servedBy);
  const stream = await client.chat.stream(request);
  const streamed = await stream.result;
  expect(stream.meta.servedBy).toBe(servedBy);
  expect(streamed.text).toBe(answer.text);
  const costs = [answer.cost, streamed.cost].map((one) => (one?.known === true ? one.total : NaN));
  expect((costs[0] ?? 0) + (costs[1] ?? 0)).toBe(simulator.bill.total() - before);
});

const PATHS = {
  'chat-completions': 'chat/completions',
  responses: 'responses',
  messages: 'messages',
} as const;
test.each(Object.keys(PATHS) as HuggingFaceApi[])(
  'chats by the protocol "%s", set for all calls or for one, whole and streamed',
  async (api) => {
    const model = 'huggingface/inferway/sim-reasoner:together' as const;
    simulator.requests.clear();
    const always = connect({ api });
    const answer = await always.chat({ model, messages });
    const once = await connect().chat.stream({
      model,
      messages,
      providerOptions: { huggingface: { api, billTo: 'an-org' } },
    });
    expect(await once.text).toBe(answer.text);
    expect(answer.meta.servedBy).toBe('together');
    expect(answer.usage?.outputTokens).toBeGreaterThan(20);
    for (const { path, headers } of simulator.requests.toArray()) {
      expect(path).toBe(`/huggingface/v1/${PATHS[api]}`);
      expect(headers['anthropic-version']).toBe(api === 'messages' ? '2023-06-01' : undefined);
    }
    const last = simulator.requests.at(-1);
    expect(last?.headers['x-hf-bill-to']).toBe('an-org');
    expect(last?.body).not.toHaveProperty('api');
    expect(last?.body).not.toHaveProperty('billTo');
    expect(simulator.bill.entries.at(-1)?.billTo).toBe('an-org');
  },
);

test('an answer with reasoning and a call of a tool goes on in another of the protocols', async () => {
  const client = connect();
  const model = 'huggingface/inferway/sim-reasoner' as const;
  const tools = [
    { name: 'weather', inputSchema: { type: 'object', properties: { city: { type: 'string' } } } },
  ] as const;
  for (const [from, to] of [
    ['chat-completions', 'responses'],
    ['responses', 'messages'],
    ['messages', 'chat-completions'],
  ] as const) {
    const asked = await client.chat({
      model,
      messages,
      tools,
      toolChoice: 'required',
      providerOptions: { huggingface: { api: from } },
    });
    const [call] = asked.toolCalls;
    const goesOn = await client.chat({
      model,
      tools,
      messages: [
        ...messages,
        asked.message,
        { role: 'tool', content: [{ type: 'tool-result', id: call?.id ?? '', content: 'Rain.' }] },
      ],
      providerOptions: { huggingface: { api: to } },
    });
    expect(goesOn.text).not.toBe('');
  }
});

test('a task goes through the whole chain, its bill unknown and not nothing', async () => {
  const client = connect();
  const felt = await client.task({
    model: 'huggingface/inferway/sim-text-classification',
    task: 'text-classification',
    inputs: 'I love it.',
  });
  expect(felt.output[0]?.label).toBe('POSITIVE');
  expect(felt.meta.attempts).toHaveLength(1);
  expect(felt.cost?.known).not.toBe(true);
});

test('a provider that does not serve the model is not_found', async () => {
  const [model] = simulator.models;
  const failing = connect().chat({ model: `huggingface/inferway/${model?.id}:nobody`, messages });
  await expect(failing).rejects.toMatchObject({ code: 'not_found', fallbackable: false });
});

test('discovery finds every model with its providers and prices, by task and by provider too', async () => {
  const catalog = createHuggingFaceCatalog(urls());
  open.push(catalog);
  const models = await catalog.models();
  expect(models.length).toBeGreaterThan(0);
  for (const { id, servedBy } of models) {
    expect(servedBy?.some(({ prices }) => prices !== undefined)).toBe(true);
    const one = await catalog.model(id);
    expect(one?.servedBy?.every(({ providerModelId }) => providerModelId !== undefined)).toBe(true);
  }
  const images = await catalog.search({ task: 'text-to-image', providers: ['replicate'] });
  expect(images).toMatchObject([
    { id: 'inferway/sim-text-to-image', operations: ['image', 'task'] },
  ]);
  const limited = await catalog.search({ limit: 2 });
  expect(limited).toHaveLength(2);
  expect(catalog.rateLimit()?.requests).toMatchObject({ limit: 500, remaining: 499 });
  const groq = await catalog.partner('groq');
  expect(groq.map(({ operations }) => operations?.[0])).toEqual(
    expect.arrayContaining(['chat', 'complete']),
  );
  expect(groq.every(({ servedBy }) => servedBy?.[0]?.provider === 'groq')).toBe(true);
});
