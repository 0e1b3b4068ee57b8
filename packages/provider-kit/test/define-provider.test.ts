import { createClient, Credential, InferwayError, type Middleware } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineProvider, endpoint, openaiRateLimit, type Profile } from '../src/index.js';
import type { Endpoints } from '../src/index.js';
import { faultServer, type FaultServer, type Scenario } from './support/fault-server.js';
import { answer, chunk, jsonAnswer, LAST_CHUNK, streamHead } from './support/http-text.js';
import { lineFormat } from './support/line-format.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  vi.unstubAllEnvs();
});

async function serve(scenario: Scenario): Promise<FaultServer> {
  const server = await faultServer(scenario);
  open.push(server);
  return server;
}

const always =
  (bytes: string | Uint8Array): Scenario =>
  async (connection) => {
    while ((await connection.request()) !== undefined) await connection.write(bytes);
  };

function provide(server: FaultServer, more: Partial<Profile<'line', Endpoints>> = {}) {
  const provider = defineProvider({
    name: 'line',
    baseUrl: `${server.origin}/base/`,
    key: { apiKey: 'sk-line-secret' },
    endpoints: { chat: endpoint({ format: lineFormat, path: 'chat' }) },
    ...more,
  } as Profile<'line', { chat: ReturnType<typeof endpoint<'chat', object>> }>);
  open.push({ close: async () => provider.close?.() });
  return provider;
}

const ask = { model: 'line/m', messages: [{ role: 'user', content: 'hello there' }] } as const;

async function failure(promise: Promise<unknown>): Promise<InferwayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!InferwayError.is(error)) throw new Error(`no InferwayError: ${String(error)}`);
  return error;
}

describe('the base URL', () => {
  const profileFor = (baseUrl: Profile<'line', Endpoints>['baseUrl']) =>
    ({
      name: 'line',
      baseUrl,
      key: { apiKey: 'sk-line-secret' },
      endpoints: { chat: endpoint({ format: lineFormat, path: 'chat' }) },
    }) as const;
  const answeredAt = async (baseUrl: Profile<'line', Endpoints>['baseUrl']): Promise<string> => {
    const provider = defineProvider(profileFor(baseUrl));
    open.push({ close: async () => provider.close?.() });
    return (await createClient({ providers: [provider] }).chat(ask)).text;
  };

  it('is what was given, else what the environment says, else the provider’s own', async () => {
    const [given, moved, standard] = await Promise.all(
      ['given', 'moved', 'standard'].map((text) => serve(always(jsonAnswer(200, { text })))),
    );
    const settings = { env: 'LINE_BASE_URL', standard: standard?.origin ?? '' };
    expect(await answeredAt(settings)).toBe('standard');
    vi.stubEnv('LINE_BASE_URL', '');
    expect(await answeredAt(settings)).toBe('standard');
    vi.stubEnv('LINE_BASE_URL', moved?.origin ?? '');
    expect(await answeredAt(settings)).toBe('moved');
    expect(await answeredAt({ ...settings, given: given?.origin })).toBe('given');
  });

  it('names the variable, and not its value, where that is no URL', () => {
    vi.stubEnv('LINE_BASE_URL', 'https://user:hunter2@host/v1');
    expect(() =>
      defineProvider(profileFor({ env: 'LINE_BASE_URL', standard: 'https://line.example' })),
    ).toThrow(/^LINE_BASE_URL holds a user name or password(?!.*hunter2)/u);
  });
});

describe('a unary call', () => {
  it('posts what the format encodes and answers with result, usage and meta', async () => {
    const server = await serve(
      always(
        jsonAnswer(
          200,
          { text: 'hi' },
          {
            'x-request-id': 'req_1',
            'x-kept': 'yes',
            'x-served': 'deep',
            'x-ms': '12',
            'x-ratelimit-limit-requests': '10',
            'x-ratelimit-remaining-requests': '9',
            'x-ratelimit-reset-requests': '6m0s',
          },
        ),
      ),
    );
    const client = createClient({
      providers: [
        provide(server, {
          keepHeaders: ['x-kept', 'x-absent'],
          rateLimit: openaiRateLimit,
          servedBy: (headers) => headers['x-served'] as string,
          serverTimings: (headers) => ({ total: Number(headers['x-ms']) }),
        }),
      ],
    });
    const reply = await client.chat({ ...ask, temperature: 1 });
    expect(reply.text).toBe('hi');
    expect(reply.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
    expect(reply.meta).toMatchObject({
      provider: 'line',
      model: 'm',
      requestId: 'req_1',
      status: 200,
      headers: { 'x-kept': 'yes' },
      servedBy: 'deep',
      rateLimit: { requests: { limit: 10, remaining: 9, resetMs: 360_000 } },
      timings: { server: { total: 12 } },
      warnings: [{ setting: 'temperature' }],
    });
    expect(reply.meta.headers).not.toHaveProperty('x-absent');
    expect(reply.meta.timings?.totalMs).toBeGreaterThanOrEqual(
      reply.meta.timings?.headersMs ?? 1e9,
    );
    const [seen] = server.requests;
    expect(seen?.head).toContain('POST /base/chat HTTP/1.1');
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer sk-line-secret',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      model: 'm',
      stream: false,
      text: 'hello there',
    });
  });

  it('sends its own provider options and nobody else’s', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({ providers: [provide(server)] });
    await client.chat({ ...ask, providerOptions: { line: { extra: 1 }, other: { not: 2 } } });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ extra: 1 });
    expect(server.requests[0]?.body).not.toContain('not');
  });

  it('chooses the dialect by the model', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({
      providers: [
        provide(server, {
          endpoints: {
            chat: endpoint({
              format: lineFormat,
              path: 'chat',
              dialect: (id: string) => (id === 'loud' ? { shout: true } : undefined),
            }),
          },
        }),
      ],
    });
    await client.chat({ ...ask, model: 'line/loud' });
    await client.chat(ask);
    const texts = server.requests.map((seen) => (JSON.parse(seen.body) as { text: string }).text);
    expect(texts).toEqual(['HELLO THERE', 'hello there']);
  });

  it('merges static and per-call headers', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({
      providers: [
        provide(server, {
          headers: { 'x-static': 'a', 'x-both': 'static' },
          callHeaders: (call) => ({ 'x-both': call.model.id }),
        }),
      ],
    });
    await client.chat(ask);
    expect(server.requests[0]?.headers).toMatchObject({ 'x-static': 'a', 'x-both': 'm' });
  });

  it.each([
    ['empty_response', answer(200, '')],
    ['empty_response', answer(200, ' \n: keep-alive\n\n')],
    ['protocol', answer(200, '<html>qwerty</html>', { 'content-type': 'text/html' })],
    ['protocol', answer(200, '<!doctype html><p>qwerty')],
    ['protocol', answer(200, 'plain words', { 'content-type': 'text/plain' })],
    ['protocol', answer(200, '{"text": "cut')],
  ])('a success that is none is %s', async (code, bytes) => {
    const server = await serve(always(bytes));
    const error = await failure(createClient({ providers: [provide(server)] }).chat(ask));
    expect(error).toMatchObject({ code, retryable: true, fallbackable: true, provider: 'line' });
    expect(error.message).not.toMatch(/qwerty|plain words|cut/u);
  });

  it('skips keep-alive comments before the JSON', async () => {
    const server = await serve(
      always(answer(200, '\n: keep-alive\n\n: keep-alive\n{"text":"hi"}')),
    );
    expect((await createClient({ providers: [provide(server)] }).chat(ask)).text).toBe('hi');
  });

  it('an error inside a success is that error', async () => {
    const server = await serve(
      always(jsonAnswer(200, { error: { type: 'overloaded_error', message: 'busy' } })),
    );
    const error = await failure(createClient({ providers: [provide(server)] }).chat(ask));
    expect(error).toMatchObject({ code: 'overloaded', status: 200, provider: 'line', model: 'm' });
  });

  it('an error status is classified, with the request id and without the key', async () => {
    const server = await serve(
      always(
        jsonAnswer(
          429,
          { error: { message: 'sk-line-secret is over its limit', code: 'rate_limit_exceeded' } },
          { 'retry-after': '2', 'x-request-id': 'req_9' },
        ),
      ),
    );
    const error = await failure(createClient({ providers: [provide(server)] }).chat(ask));
    expect(error).toMatchObject({
      code: 'rate_limit',
      status: 429,
      retryAfterMs: 2000,
      requestId: 'req_9',
      providerCode: 'rate_limit_exceeded',
    });
    expect(error.message).toContain('over its limit');
    expect(JSON.stringify(error) + error.message + String(error.body)).not.toContain('line-secret');
  });
});

describe('the key', () => {
  it('of a call wins over the provider’s own', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const given: Middleware = (call, next) =>
      next({ ...call, credential: new Credential('sk-of-the-call', 'pool#1') });
    const client = createClient({ providers: [provide(server)], middleware: [given] });
    const reply = await client.chat(ask);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-of-the-call');
    expect(reply.meta.attempts?.[0]?.credential).toBe('pool#1');
  });

  it('is read from the environment on the first call', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const provider = provide(server, { key: { env: ['LINE_TEST_KEY_A', 'LINE_TEST_KEY_B'] } });
    const client = createClient({ providers: [provider] });
    const error = await failure(client.chat(ask));
    expect(error).toMatchObject({ code: 'authentication', sent: 'no', retryable: false });
    expect(error.message).toContain('LINE_TEST_KEY_A or LINE_TEST_KEY_B');
    expect(error.message).toContain('"apiKey"');
    vi.stubEnv('LINE_TEST_KEY_B', 'from-env');
    await client.chat(ask);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer from-env');
  });

  it('may be missing where it is optional', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({ providers: [provide(server, { key: { optional: true } })] });
    await client.chat(ask);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each(['sk-line\n-hunter2', 'sk-line-hunter2\r', 'sk-line-hunter2€', 'sk-line\u0000-hunter2'])(
    'with a character that no header carries is refused without being shown',
    async (apiKey) => {
      const server = await serve(() => {});
      const thrown = (): unknown => provide(server, { key: { apiKey } });
      expect(thrown).toThrow(InferwayError);
      expect(thrown).toThrow(/option "apiKey" (?:holds|has) /u);
      expect(thrown).not.toThrow(/hunter2/u);
      vi.stubEnv('LINE_TEST_KEY', apiKey.replaceAll('\u0000', '\u0001'));
      const client = createClient({
        providers: [provide(server, { key: { env: ['LINE_TEST_KEY'] } })],
      });
      const error = await failure(client.chat(ask));
      expect(error).toMatchObject({ code: 'configuration' });
      expect(error.message).toContain('LINE_TEST_KEY');
      expect(error.message).not.toMatch(/sk-line|hunter2/u);
      expect(server.connections).toHaveLength(0);
    },
  );
});

describe('a base URL', () => {
  it.each([
    'localhost:8000',
    'ftp://host',
    'https://user:hunter2@host/v1',
    'https://host/v1?key=abc',
    '',
  ])('%s is refused by name', (baseUrl) => {
    const make = (): unknown =>
      defineProvider({ name: 'line', baseUrl, key: { optional: true }, endpoints: {} });
    expect(make).toThrow(/^baseUrl /u);
    expect(make).not.toThrow(/hunter2|abc/u);
  });
});

describe('a path made of the model', () => {
  const byModel = (server: FaultServer) =>
    createClient({
      providers: [
        provide(server, {
          endpoints: {
            chat: endpoint({ format: lineFormat, path: (id: string) => `models/${id}/chat` }),
          },
        }),
      ],
    });

  it('encodes each segment of the id', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
    await byModel(server)
      .chat({ ...ask, model: 'line/org/na me:v1#x' })
      .catch(() => {});
    await byModel(server).chat({ ...ask, model: 'line/org/name:v1' });
    expect(server.requests.at(-1)?.head).toContain('POST /base/models/org/name%3Av1/chat ');
  });

  it.each(['a/../../files', '..', '%2e%2e', 'a\\..\\b', 'm?x', 'm#x', '．．/x', '.', 'a//b'])(
    'refuses %s',
    async (id) => {
      const server = await serve(always(jsonAnswer(200, { text: 'hi' })));
      const error = await failure(
        byModel(server).chat({ ...ask, model: { provider: 'line', id } }),
      );
      expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
      expect(server.requests).toHaveLength(0);
    },
  );
});

describe('a streamed call', () => {
  const event = (text: string): string => `data: ${JSON.stringify({ text })}\n\n`;

  it('resolves at the headers and yields the events', async () => {
    const server = await serve(
      always(
        streamHead({ 'x-request-id': 'req_s' }) +
          chunk(event('he')).toString() +
          chunk(`${event('llo')}data: [END]\n\n`).toString() +
          LAST_CHUNK,
      ),
    );
    const client = createClient({ providers: [provide(server)] });
    const stream = await client.chat.stream(ask);
    expect(stream.meta).toMatchObject({ requestId: 'req_s', status: 200 });
    const answered = await stream.result;
    expect(answered.text).toBe('hello');
    expect(answered.usage).toEqual({ outputTokens: 2 });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ stream: true });
  });

  it('turns a whole JSON answer into events', async () => {
    const server = await serve(always(jsonAnswer(200, { text: 'all at once' })));
    const client = createClient({ providers: [provide(server)] });
    const answered = await (await client.chat.stream(ask)).result;
    expect(answered.text).toBe('all at once');
    expect(answered.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it('leaving the loop closes the socket', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk(event('a')).toString());
    });
    const client = createClient({ providers: [provide(server)] });
    for await (const one of await client.chat.stream(ask)) {
      if (one.type === 'text-delta') break;
    }
    await server.closedConnections(1);
    expect(server.connections).toHaveLength(1);
  });

  it('an error after the first token is thrown with the partial answer', async () => {
    const server = await serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk(event('par')).toString());
      await connection.write(chunk('data: {"error":{"code":503,"message":"gone"}}\n\n'));
    });
    const client = createClient({ providers: [provide(server)] });
    const error = await failure((await client.chat.stream(ask)).result);
    expect(error).toMatchObject({ code: 'overloaded', provider: 'line', model: 'm' });
    expect(error.partial).toMatchObject({ message: { content: [{ type: 'text', text: 'par' }] } });
    expect(error.usage).toEqual({ outputTokens: 2 });
    await server.closedConnections(1);
  });
});

describe('the model listing', () => {
  it('reads all pages with the key, and names the provider in its errors', async () => {
    const server = await serve(async (connection) => {
      for (;;) {
        const seen = await connection.request();
        if (seen === undefined) return;
        const page = seen.head.includes('after=1') ? { ids: ['b'] } : { ids: ['a'], next: 1 };
        await connection.write(jsonAnswer(200, page));
      }
    });
    const provider = provide(server, {
      models: {
        path: 'models',
        decode: (body, name) =>
          (body as { ids: string[] }).ids.map((id) => ({ id, provider: name })),
        next: (body) =>
          (body as { next?: number }).next === undefined ? undefined : 'models?after=1',
      },
    });
    expect(await provider.models?.()).toEqual([
      { id: 'a', provider: 'line' },
      { id: 'b', provider: 'line' },
    ]);
    expect(server.requests[0]?.head).toContain('GET /base/models HTTP/1.1');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-line-secret');
    expect(server.requests[0]?.headers).not.toHaveProperty('content-type');

    const broken = await serve(always(jsonAnswer(403, { error: 'no' })));
    const listing = provide(broken, { models: { path: 'models', decode: () => [] } });
    expect(await failure(listing.models?.() ?? Promise.resolve())).toMatchObject({
      code: 'permission',
      provider: 'line',
    });
  });
});
