import { createClient, InferwayError, type Client } from '@inferway/core';
import { auth, fixed } from '@inferway/core/middleware';
import {
  createHuggingFace,
  type HuggingFaceOptions,
  type HuggingFaceProvider,
} from '@inferway/huggingface';
import { afterEach, expect, test } from 'vitest';
import { router, type Asked, type Router, type Told } from './support/router.js';

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

/** A server in the place of the router, the Hub and every provider. */
async function connect(
  mapping: object,
  answer: (asked: Asked) => Told,
  options: HuggingFaceOptions = {},
): Promise<{ client: Client<HuggingFaceProvider>; server: Router }> {
  const server = await router((asked) =>
    asked.path.startsWith('/api/models/')
      ? { body: { id: 'org/name', inferenceProviderMapping: mapping } }
      : answer(asked),
  );
  const provider = createHuggingFace({
    apiKey: 'hf_test',
    baseUrl: server.url,
    hubUrl: server.url,
    ...options,
  });
  const client = createClient({ providers: [provider] });
  open.push(client, server);
  return { client, server };
}

const live = (task: string, providerId = 'their/id', more: object = {}): object => ({
  status: 'live',
  providerId,
  task,
  ...more,
});
const image = { model: 'huggingface/org/name', prompt: 'a river' } as const;
const made: Told = { body: { images: [{ url: 'https://files.example/1.png' }] } };

test('the mapping is asked once in its time, with the token, and chooses by its own order', async () => {
  const { client, server } = await connect(
    {
      nobody: live('text-to-image'),
      'fal-ai': { status: 'staging', providerId: 'fal-ai/x', task: 'text-to-image' },
      groq: live('text-to-image'),
      replicate: live('text-to-speech'),
      wavespeed: live('text-to-image', 'w/one'),
    },
    () => ({ body: { data: { status: 'completed', outputs: ['https://files.example/1.png'] } } }),
  );
  const answer = await client.image(image);
  await client.image(image);
  expect(answer.meta).toMatchObject({ servedBy: 'wavespeed', model: 'w/one' });
  expect(answer.images).toEqual([{ image: { type: 'url', url: 'https://files.example/1.png' } }]);
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/api/models/org/name?expand%5B%5D=inferenceProviderMapping',
    '/wavespeed/api/v3/w/one',
    '/wavespeed/api/v3/w/one',
  ]);
  expect(server.asked[0]?.headers.authorization).toBe('Bearer hf_test');
});

test.each(['fastest', 'cheapest'])('":%s" is told to be for chats', async (policy) => {
  const { client } = await connect({ 'fal-ai': live('text-to-image') }, () => made);
  const answer = await client.image({ ...image, model: `huggingface/org/name:${policy}` });
  expect(answer.meta.warnings).toMatchObject([{ type: 'changed', setting: 'model' }]);
  const plain = await client.image({ ...image, model: 'huggingface/org/name:preferred' });
  expect(plain.meta.warnings).toBeUndefined();
});

test('the mapping is asked with the token that the call has, and kept for each apart', async () => {
  const server = await router(({ path }) => {
    const mapping = { 'fal-ai': live('text-to-image', 'x') };
    return path.startsWith('/api/')
      ? { body: { id: 'org/name', inferenceProviderMapping: mapping } }
      : made;
  });
  const provider = createHuggingFace({
    apiKey: 'hf_own',
    baseUrl: server.url,
    hubUrl: server.url,
  });
  const own = createClient({ providers: [provider] });
  const other = createClient({
    providers: [provider],
    middleware: [auth({ huggingface: fixed('hf_of_the_call') })],
  });
  open.push(own, server);
  await own.image(image);
  await other.image(image);
  await other.image(image);
  expect(
    server.asked.map(({ path, headers }) => [path.slice(0, 5), headers.authorization]),
  ).toEqual([
    ['/api/', 'Bearer hf_own'],
    ['/fal-', 'Bearer hf_own'],
    ['/api/', 'Bearer hf_of_the_call'],
    ['/fal-', 'Bearer hf_of_the_call'],
    ['/fal-', 'Bearer hf_of_the_call'],
  ]);
});

test('parameters are named as the provider does; what it has no word for is told; weights are named', async () => {
  const adapter = { adapter: 'lora', adapterWeightsPath: 'w.safetensors' };
  const { client, server } = await connect(
    { 'fal-ai': live('text-to-image', 'fal-ai/lora', adapter) },
    () => made,
  );
  const answer = await client.image({
    ...image,
    size: '512x256',
    steps: 4,
    quality: 'high',
    providerOptions: { huggingface: { scheduler: 'ddim', billTo: 'an-org' } },
  });
  expect(answer.meta.warnings).toMatchObject([{ type: 'unsupported', setting: 'quality' }]);
  const asked = server.asked.at(-1);
  expect(asked?.path).toBe('/fal-ai/fal-ai/lora?_subdomain=queue');
  expect(asked?.headers['x-hf-bill-to']).toBe('an-org');
  expect(asked?.body).toEqual({
    prompt: 'a river',
    width: 512,
    height: 256,
    num_inference_steps: 4,
    scheduler: 'ddim',
    loras: [{ path: 'https://huggingface.co/org/name/resolve/main/w.safetensors', scale: 1 }],
    model_name: 'stabilityai/stable-diffusion-xl-base-1.0',
  });
});

test('a version of a model is a field, not a path', async () => {
  const { client, server } = await connect(
    { replicate: live('text-to-image', 'owner/model:5ef4d48e') },
    () => ({
      status: 201,
      body: { id: 'p', status: 'processing', output: ['https://f.example/a.webp'] },
    }),
  );
  await client.image(image);
  const asked = server.asked.at(-1);
  expect(asked?.path).toBe('/replicate/v1/predictions');
  expect(asked?.headers.prefer).toBe('wait');
  expect(asked?.body).toEqual({ input: { prompt: 'a river' }, version: '5ef4d48e' });
});

test('a provider’s key reaches its queue at the queue’s own address, and nothing else does', async () => {
  const queue = await router(({ path }) => {
    if (path === '/fal-ai/x') return { body: { request_id: '1', status: 'IN_QUEUE' } };
    return path.endsWith('/status') ? { body: { status: 'COMPLETED' } } : made;
  });
  const { client, server } = await connect(
    { 'fal-ai': live('text-to-image', 'fal-ai/x') },
    () => ({ status: 500, body: 'nobody asks here' }),
    {
      apiKey: 'own-fal-key',
      routing: 'fal-ai',
      partners: {
        'fal-ai': {
          jobs: {
            'text-to-image': {
              path: (id) => id,
              input: ['prompt'],
              baseUrl: queue.url,
              job: () => ({
                status: 'status',
                done: ['COMPLETED'],
                failed: [],
                wait: { firstMs: 1 },
                ask: ({ request_id: id }) => `fal-ai/x/requests/${String(id)}/status`,
                result: ({ request_id: id }) => `fal-ai/x/requests/${String(id)}`,
              }),
            },
          },
        },
      },
    },
  );
  open.push(queue);
  const answer = await client.image(image);
  expect(answer.images).toHaveLength(1);
  expect(queue.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/fal-ai/x', 'Key own-fal-key'],
    ['/fal-ai/x/requests/1/status', 'Key own-fal-key'],
    ['/fal-ai/x/requests/1', 'Key own-fal-key'],
  ]);
  expect(server.asked).toHaveLength(1);
  expect(server.asked[0]?.headers.authorization).toBeUndefined();
});

test('work that fails is an error with its provider’s reason', async () => {
  const { client } = await connect({ replicate: live('text-to-image', 'o/n') }, () => ({
    status: 201,
    body: { id: 'p', status: 'failed', output: null, error: 'CUDA out of memory' },
  }));
  const failed = await client.image(image).then(() => undefined, InferwayError.from);
  expect(failed).toMatchObject({ provider: 'huggingface', servedBy: 'replicate' });
  expect(failed?.message).toContain('CUDA out of memory');
});

test('embeddings for each token become their mean', async () => {
  const { client } = await connect({}, () => ({
    body: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  }));
  const model = 'huggingface/org/name:hf-inference' as const;
  const { embeddings } = await client.embed({ model, input: 'two words' });
  expect(embeddings).toEqual([[2, 3]]);
  const { output } = await client.task({ model, task: 'feature-extraction', inputs: 'two words' });
  expect(output.tokens).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
});

test('a provider that is named is called in whatever state the Hub sees it, and that is told', async () => {
  const { client } = await connect(
    { 'fal-ai': { status: 'staging', providerId: 'x', task: 'text-to-image' } },
    () => made,
  );
  const answer = await client.image({ ...image, model: 'huggingface/org/name:fal-ai' });
  expect(answer.meta.warnings?.[0]?.message).toContain('"staging"');
  const failed = await client.image(image).then(() => undefined, InferwayError.from);
  expect(failed?.message).toContain('fal-ai (text-to-image, staging)');
});

test.each(['responses', 'messages'] as const)(
  'the protocol "%s" is the router’s, and refused with a provider’s key',
  async (api) => {
    const { client, server } = await connect({}, () => made, {
      apiKey: 'own-key',
      routing: 'groq',
      api,
    });
    const failed = await client
      .chat({ model: 'huggingface/org/name', messages: [{ role: 'user', content: 'Hi.' }] })
      .then(() => undefined, InferwayError.from);
    expect(failed).toMatchObject({ code: 'unsupported', param: 'api' });
    expect(server.asked).toEqual([]);
  },
);

test('whatever else the router has is called raw', async () => {
  const { client, server } = await connect({}, () => ({ body: { ok: true } }));
  const answer = await client.raw({ model: 'huggingface/any', path: 'v1/models' });
  expect(answer.json).toEqual({ ok: true });
  expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/v1/models' });
});

test('an abort ends the waiting for work', async () => {
  const leaving = new AbortController();
  const { client, server } = await connect({ replicate: live('text-to-image', 'o/n') }, () => {
    setImmediate(() => leaving.abort());
    return { status: 201, body: { id: 'p', status: 'starting', output: null } };
  });
  const failed = await client
    .image(image, { signal: leaving.signal })
    .then(() => undefined, InferwayError.from);
  expect(failed?.code).toBe('aborted');
  expect(server.asked.filter(({ path }) => path.includes('/predictions/p'))).toEqual([]);
});

test('a partner without an address is a configuration error', () => {
  expect(() => createHuggingFace({ partners: { later: {} } })).toThrow(
    /"later" needs a "baseUrl"/u,
  );
});
