import { createClient, type Client, type ProviderOf } from '@inferway/core';
import { cost, standard } from '@inferway/core/middleware';
import {
  createHuggingFace,
  createHuggingFaceCatalog,
  type HuggingFaceOptions,
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
const connect = (options: HuggingFaceOptions = {}): Client<ProviderOf<'huggingface', 'chat'>> => {
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

test('a provider that does not serve the model is not_found', async () => {
  const [model] = simulator.models;
  const failing = connect().chat({ model: `huggingface/inferway/${model?.id}:nobody`, messages });
  await expect(failing).rejects.toMatchObject({ code: 'not_found', fallbackable: true });
});

test('discovery finds every model with its providers and prices', async () => {
  const catalog = createHuggingFaceCatalog(urls());
  open.push(catalog);
  const models = await catalog.models();
  expect(models.length).toBeGreaterThan(0);
  for (const { id, servedBy } of models) {
    expect(servedBy?.some(({ prices }) => prices !== undefined)).toBe(true);
    const one = await catalog.model(id);
    expect(one?.servedBy?.every(({ providerModelId }) => providerModelId !== undefined)).toBe(true);
  }
});
