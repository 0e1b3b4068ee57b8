import { createClient } from '@inferway/core';
import { virtualClock } from '@inferway/core/testing';
import {
  createHuggingFace,
  createHuggingFaceCatalog,
  type HuggingFaceCatalog,
  type HuggingFaceCatalogOptions,
} from '@inferway/huggingface';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { router, type Asked, type Router, type Told } from './support/router.js';

const together = {
  provider: 'together',
  status: 'live',
  context_length: 512_000,
  pricing: { input: 2.1, output: 4.4 },
  supports_tools: true,
  supports_structured_output: false,
  first_token_latency_ms: 611,
  throughput: 40.13,
  is_model_author: false,
};
const listing = {
  object: 'list',
  data: [
    {
      id: 'org/name',
      object: 'model',
      created: 1_776_837_885,
      owned_by: 'org',
      architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
      providers: [
        together,
        { provider: 'fireworks-ai', status: 'live', context_length: 8192, throughput: -1 },
        { provider: 'newcomer', status: 'error', is_free: true, pricing: { input: 'a lot' } },
        { provider: 'later', status: 'a state of next year' },
        { status: 'live' },
        'drift',
      ],
    },
    { id: 7 },
    null,
    { id: 'org/bare' },
  ],
};
const asRecord = {
  _id: 'x',
  id: 'org/name',
  inferenceProviderMapping: {
    together: { status: 'live', providerId: 'Name-Turbo', task: 'conversational' },
    scaleway: { status: 'staging', providerId: 'name', task: 'conversational' },
    nobody: { status: 'unheard of' },
    broken: 'drift',
  },
};
const asList = {
  id: 'org/name',
  inferenceProviderMapping: [
    { provider: 'together', hfModelId: 'org/name', providerId: 'Name-Turbo', status: 'live' },
    { provider: 'scaleway', providerId: 'name', status: 'staging', adapter: 'lora' },
    { providerId: 'nameless', status: 'live' },
    null,
  ],
};

const open: { close(): Promise<void> }[] = [];
beforeEach(() => {
  vi.stubEnv('HF_TOKEN', '');
  vi.stubEnv('HUGGING_FACE_HUB_TOKEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function serve(
  hub: (asked: Asked) => Told,
  options: HuggingFaceCatalogOptions = {},
): Promise<{ server: Router; catalog: HuggingFaceCatalog; settings: HuggingFaceCatalogOptions }> {
  const server = await router((asked) =>
    asked.path === '/v1/models' ? { body: listing } : hub(asked),
  );
  const settings = { baseUrl: `${server.url}/v1`, hubUrl: server.url, ...options };
  const catalog = createHuggingFaceCatalog(settings);
  open.push(catalog, server);
  return { server, catalog, settings };
}

const routerServing = [
  {
    provider: 'together',
    status: 'live',
    contextLength: 512_000,
    prices: { input: 2_100_000_000, output: 4_400_000_000 },
    tools: true,
    structuredOutput: false,
    ttftMs: 611,
    tokensPerSecond: 40.13,
  },
  { provider: 'fireworks-ai', status: 'live', contextLength: 8192 },
  { provider: 'newcomer', status: 'error', free: true },
];

test('the router’s listing tells each provider’s price, context, speed and features, and drift is skipped', async () => {
  const { server, settings } = await serve(() => ({ status: 500, body: {} }));
  const client = createClient({ providers: [createHuggingFace(settings)] });
  open.push(client);
  const { models, failures } = await client.models();
  expect(failures).toEqual([]);
  expect(models).toEqual([
    {
      id: 'org/name',
      provider: 'huggingface',
      ownedBy: 'org',
      created: 1_776_837_885,
      inputModalities: ['text', 'image'],
      outputModalities: ['text'],
      servedBy: routerServing,
    },
    { id: 'org/bare', provider: 'huggingface', servedBy: [] },
  ]);
  expect(server.asked[0]?.headers).not.toHaveProperty('authorization');
});

test.each([
  ['a record', asRecord],
  ['a list', asList],
])('the Hub’s mapping as %s is merged into one model', async (_form, body) => {
  const { server, catalog } = await serve(() => ({ body }), { apiKey: 'hf_mine' });
  const model = await catalog.model('org/name:cheapest');
  expect(model?.servedBy).toEqual([
    { ...routerServing[0], providerModelId: 'Name-Turbo' },
    ...routerServing.slice(1),
    { provider: 'scaleway', status: 'staging', providerModelId: 'name' },
  ]);
  const hub = server.asked.find(({ path }) => path.startsWith('/api/'));
  expect(hub?.path).toBe('/api/models/org/name?expand%5B%5D=inferenceProviderMapping');
  expect(hub?.headers.authorization).toBe('Bearer hf_mine');
});

test('a model of only one of the two is that one’s, and one of neither is none', async () => {
  const { catalog } = await serve(({ path }) => {
    if (path.includes('/org/hub-only')) return { body: { ...asRecord, id: 'org/hub-only' } };
    if (path.includes('/org/plain')) return { body: { id: 'org/plain' } };
    return { status: 401, body: { error: 'Repository not found' } };
  });
  expect(await catalog.model('org/bare')).toMatchObject({ id: 'org/bare', servedBy: [] });
  expect((await catalog.model('org/hub-only'))?.servedBy).toHaveLength(2);
  expect(await catalog.model('org/plain')).toMatchObject({ servedBy: [] });
  expect(await catalog.model('org/nothing')).toBeUndefined();
});

test('a model id that would leave its route is refused before anything is sent', async () => {
  const { server, catalog } = await serve(() => ({ body: asRecord }));
  for (const id of ['../whoami-v2', 'org/..', 'org/a?x', 'a\\b']) {
    await expect(catalog.model(id)).rejects.toMatchObject({ code: 'invalid_request' });
  }
  expect(server.asked).toEqual([]);
});

test('what was told is remembered for its time, and a failure is not', async () => {
  const clock = virtualClock();
  let fails = true;
  const { server, catalog } = await serve(
    () => (fails ? { status: 503, body: { error: 'down' } } : { body: asRecord }),
    { clock, listingTtlMs: 1000 },
  );
  await expect(catalog.model('org/name')).rejects.toMatchObject({
    code: 'overloaded',
    provider: 'huggingface',
  });
  fails = false;
  await catalog.model('org/name');
  await catalog.model('org/name');
  await catalog.models();
  expect(server.asked).toHaveLength(3);
  await clock.advance(1000);
  await catalog.models();
  await catalog.models();
  await catalog.model('org/name');
  expect(server.asked).toHaveLength(5);
});

test('an abort ends the asking', async () => {
  const { catalog } = await serve(() => ({ body: asRecord }));
  const signal = AbortSignal.abort();
  await expect(catalog.models({ signal })).rejects.toMatchObject({ code: 'aborted' });
});
