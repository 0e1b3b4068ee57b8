import { createClient, InferwayError, type Client } from '@inferway/core';
import {
  createHuggingFace,
  type HuggingFaceOptions,
  type HuggingFaceProvider,
} from '@inferway/huggingface';
import { afterEach, expect, test, vi } from 'vitest';
import {
  answered,
  chunks,
  events,
  router,
  type Asked,
  type Router,
  type Told,
} from './support/router.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

type HuggingFaceClient = Client<HuggingFaceProvider>;

async function connect(
  answer: Told | ((asked: Asked) => Told),
  options: HuggingFaceOptions = {},
): Promise<{ client: HuggingFaceClient; server: Router }> {
  const server = await router(typeof answer === 'function' ? answer : () => answer);
  const provider = createHuggingFace({
    apiKey: 'hf_test_token',
    baseUrl: `${server.url}/v1`,
    hubUrl: server.url,
    ...options,
  });
  const client = createClient({ providers: [provider] });
  open.push(client, server);
  return { client, server };
}

const messages = [{ role: 'user', content: 'Say hello.' }] as const;
const ask = { model: 'huggingface/org/name', messages } as const;
const by = (provider: string): Readonly<Record<string, string>> => ({
  'x-inference-provider': provider,
});
const sse = (text: string, more: Readonly<Record<string, string>> = {}): Told => ({
  headers: { 'content-type': 'text/event-stream', ...more },
  body: text,
});

async function failure(promise: Promise<unknown>): Promise<InferwayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!InferwayError.is(error)) throw new Error(`no InferwayError: ${String(error)}`);
  return error;
}

test('a call goes to the router’s chat with the token and whom to bill, and tells who served it', async () => {
  const { client, server } = await connect(
    { body: answered, headers: by('together') },
    { billTo: 'my-org', headers: { 'x-team': 'seven' } },
  );
  const answer = await client.chat({
    ...ask,
    maxOutputTokens: 20,
    providerOptions: { huggingface: { chat_template_kwargs: { enable_thinking: false } } },
  });
  expect(answer.text).toBe('Hello.');
  expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 3 });
  expect(answer.meta).toMatchObject({
    provider: 'huggingface',
    model: 'org/name',
    servedBy: 'together',
    headers: { 'x-inference-provider': 'together' },
    status: 200,
  });
  expect(server.asked).toMatchObject([
    {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer hf_test_token',
        'x-hf-bill-to': 'my-org',
        'x-team': 'seven',
      },
      body: {
        model: 'org/name',
        max_tokens: 20,
        chat_template_kwargs: { enable_thinking: false },
      },
    },
  ]);
});

test('a stream tells who serves it before its first event', async () => {
  const { client } = await connect({
    ...sse(events(...chunks('Hel', 'lo.')), by('groq')),
    pieces: 7,
  });
  const stream = await client.chat.stream(ask);
  expect(stream.meta.servedBy).toBe('groq');
  expect(await stream.text).toBe('Hello.');
  expect((await stream.result).usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
});

test.each([
  [undefined, 'org/name', 'org/name'],
  [undefined, 'org/name:auto', 'org/name'],
  [undefined, 'org/name:fastest', 'org/name:fastest'],
  [undefined, 'org/name:fireworks-ai', 'org/name:fireworks-ai'],
  ['auto', 'org/name', 'org/name'],
  ['cheapest', 'org/name', 'org/name:cheapest'],
  ['cheapest', 'org/name:auto', 'org/name:cheapest'],
  ['cheapest', 'org/name:groq', 'org/name:groq'],
  ['together', 'org/name', 'org/name:together'],
])('with routing %s the id %s travels as %s', async (routing, id, sent) => {
  const { client, server } = await connect({ body: answered }, { routing });
  const answer = await client.chat({ ...ask, model: `huggingface/${id}` });
  expect(server.asked[0]?.body?.['model']).toBe(sent);
  expect(answer.meta.model).toBe(sent);
});

test('a routing that can be no suffix is told when the provider is made', () => {
  expect(() => createHuggingFace({ routing: 'to gether' })).toThrow(/routing "to gether"/u);
});

const depleted =
  'You have depleted your monthly included credits. Purchase pre-paid credits to continue using Inference Providers.';
test.each([
  [
    'a model that no provider serves',
    400,
    {
      error: {
        message:
          "The requested model 'org/name' is not supported by any provider you have enabled.",
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_supported',
      },
    },
    { code: 'not_found', retryable: false, fallbackable: false, param: 'model' },
  ],
  [
    'a model that the pinned provider lacks',
    400,
    { error: 'Model not supported by provider together' },
    { code: 'not_found', fallbackable: false },
  ],
  [
    'a provider that does not exist',
    400,
    {
      error: {
        message:
          "the provider you attempted to explicitly specify 'nobody' is not a valid provider.",
        code: 'model_not_supported',
      },
    },
    { code: 'not_found', fallbackable: false },
  ],
  [
    'a wrong token',
    401,
    { error: 'Invalid username or password.' },
    { code: 'authentication', fallbackable: true },
  ],
  [
    'a token without the permission',
    403,
    { error: 'This authentication method does not have sufficient permissions.' },
    { code: 'permission', retryable: false },
  ],
  [
    'no credits left',
    402,
    { error: depleted },
    { code: 'billing', retryable: false, fallbackable: true },
  ],
  [
    'the free use of one provider over',
    402,
    { error: 'You have reached the free monthly usage limit for groq.' },
    { code: 'billing', fallbackable: true },
  ],
  [
    'a body that the engine cannot read',
    422,
    'Failed to deserialize the JSON body into the target type: missing field `messages`',
    { code: 'invalid_request', retryable: false },
  ],
  [
    'a model without a chat template',
    422,
    { error: 'Template error: template not found', error_type: 'template_error' },
    { code: 'invalid_request' },
  ],
  [
    'a provider’s limit without a time',
    429,
    { error: { message: 'Rate limit reached', type: 'rate_limit' } },
    { code: 'rate_limit', retryable: true, retryAfterMs: undefined },
  ],
  [
    'a model that loads',
    503,
    { error: 'Model org/name is currently loading', estimated_time: 20 },
    { code: 'overloaded', retryable: true },
  ],
] as const)('%s is a typed error that names who failed', async (_what, status, body, expected) => {
  const { client } = await connect({ status, body, headers: by('novita') }, { loadingMs: 0 });
  for (const calling of [client.chat(ask), client.chat.stream(ask)]) {
    const error = await failure(calling);
    expect(error).toMatchObject({ provider: 'huggingface', servedBy: 'novita', status });
    expect({ ...error, retryAfterMs: error.retryAfterMs }).toMatchObject(expected);
    expect(error.message).not.toContain('Say hello');
  }
});

test('Retry-After counts on errors, and not on the 200 that some providers send it with', async () => {
  const limited = await connect({
    status: 429,
    body: { error: 'Too many requests' },
    headers: { 'retry-after': '7' },
  });
  expect((await failure(limited.client.chat(ask))).retryAfterMs).toBe(7000);
  const good = await connect(
    sse(events({ error: { message: 'overloaded', type: 'overloaded_error' } }), {
      'retry-after': '13',
    }),
  );
  const stream = await good.client.chat.stream(ask);
  const error = await failure(stream.result);
  expect(error).toMatchObject({ code: 'overloaded' });
  expect(error.retryAfterMs).toBeUndefined();
});

test('an error inside a 200 is thrown from the stream, with what had come', async () => {
  const [start, word] = chunks('Hel');
  const { client } = await connect(
    sse(
      events(start, word, {
        error: 'Input validation error: temperature must be positive',
        error_type: 'validation',
      }),
      by('hf-inference'),
    ),
  );
  const stream = await client.chat.stream(ask);
  const error = await failure(stream.result);
  expect(error).toMatchObject({ code: 'invalid_request', servedBy: 'hf-inference' });
  expect(JSON.stringify(error.partial)).toContain('Hel');
});

test('the token comes from the environment, by its newer name first', async () => {
  const server = await router(() => ({ body: answered }));
  open.push(server);
  const made = (): HuggingFaceClient => {
    const client = createClient({
      providers: [createHuggingFace({ baseUrl: `${server.url}/v1` })],
    });
    open.push(client);
    return client;
  };
  vi.stubEnv('HF_TOKEN', '');
  vi.stubEnv('HUGGING_FACE_HUB_TOKEN', '');
  const error = await failure(made().chat(ask));
  expect(error.code).toBe('authentication');
  expect(error.message).toContain('HF_TOKEN');
  vi.stubEnv('HUGGING_FACE_HUB_TOKEN', 'hf_older');
  await made().chat(ask);
  vi.stubEnv('HF_TOKEN', 'hf_newer');
  await made().chat(ask);
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer hf_older',
    'Bearer hf_newer',
  ]);
});

test('a sticky conversation stays with who served it, until that provider fails', async () => {
  let down = false;
  const { client, server } = await connect(
    ({ body }) => {
      const model = String(body?.['model']);
      if (down && model.endsWith(':groq')) return { status: 503, body: { error: 'overloaded' } };
      return { body: answered, headers: by(down ? 'novita' : 'groq') };
    },
    { sticky: true, routing: 'cheapest' },
  );
  const say = (promptCacheKey?: string, model = ask.model as string): Promise<unknown> =>
    client.chat({ ...ask, model: model as typeof ask.model, promptCacheKey });
  await say('talk-1');
  await say('talk-1');
  await say('talk-2');
  await say();
  await say('talk-1', 'huggingface/org/name:together');
  down = true;
  await failure(say('talk-1'));
  await say('talk-1');
  await say('talk-1');
  expect(server.asked.map(({ body }) => body?.['model'])).toEqual([
    'org/name:cheapest',
    'org/name:groq',
    'org/name:cheapest',
    'org/name:cheapest',
    'org/name:together',
    'org/name:groq',
    'org/name:cheapest',
    'org/name:novita',
  ]);
});

test('a sticky stream that breaks lets go of its provider', async () => {
  const { client, server } = await connect(
    ({ body }) =>
      String(body?.['model']).endsWith(':groq')
        ? sse(events(...chunks('Hel').slice(0, 2)), by('groq'))
        : sse(events(...chunks('Hello.')), by('groq')),
    { sticky: (call) => call.request.user },
  );
  const request = { ...ask, user: 'u-1' };
  await (
    await client.chat.stream(request)
  ).result;
  await failure((await client.chat.stream(request)).result);
  await (
    await client.chat.stream(request)
  ).result;
  expect(server.asked.map(({ body }) => body?.['model'])).toEqual([
    'org/name',
    'org/name:groq',
    'org/name',
  ]);
});

test.each<[string, Readonly<Record<string, string>>, object]>([
  [
    'OpenAI’s names',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-remaining-tokens': '900',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    {
      requests: { limit: 60, remaining: 59 },
      tokens: { remaining: 900, resetMs: 360_000 },
    },
  ],
  [
    'tokens under their own stem',
    { 'x-ratelimit-limit': '10', 'x-ratelimit-reset': '1', 'x-tokenlimit-remaining': '4500' },
    { requests: { limit: 10, resetMs: 1000 }, tokens: { remaining: 4500 } },
  ],
  [
    'the IETF’s, split',
    { 'ratelimit-limit': '5', 'ratelimit-remaining': '4', 'ratelimit-reset': '3' },
    { requests: { limit: 5, remaining: 4, resetMs: 3000 } },
  ],
  [
    'the IETF’s, joined',
    { ratelimit: '"api";r=499;t=30', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' },
    { requests: { limit: 500, remaining: 499, resetMs: 30_000 } },
  ],
])('limits of whoever served the call are read from %s', async (_, headers, rateLimit) => {
  const { client } = await connect({ body: answered, headers });
  const { meta } = await client.chat(ask);
  expect(meta.rateLimit).toMatchObject(rateLimit);
  const streaming = await connect(sse(events(...chunks('Hello.')), headers));
  const stream = await streaming.client.chat.stream(ask);
  expect((await stream.result).meta.rateLimit).toMatchObject(rateLimit);
});
