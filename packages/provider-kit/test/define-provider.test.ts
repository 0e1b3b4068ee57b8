import { createClient } from '@inferway/core';
import { afterEach, describe, expect, it } from 'vitest';
import { endpoint, openaiRateLimit } from '../src/index.js';
import { answer, chunk, jsonAnswer, LAST_CHUNK, streamHead } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { lineFormat } from './support/line-format.js';
import { always, ask, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

describe('a unary call', () => {
  it('posts what the format encodes and answers with result, usage and meta', async () => {
    const server = await bench.serve(
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
        bench.provide(server, {
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
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({ providers: [bench.provide(server)] });
    await client.chat({ ...ask, providerOptions: { line: { extra: 1 }, other: { not: 2 } } });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ extra: 1 });
    expect(server.requests[0]?.body).not.toContain('not');
  });

  it('chooses the dialect by the model', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({
      providers: [
        bench.provide(server, {
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
    const server = await bench.serve(always(jsonAnswer(200, { text: 'hi' })));
    const client = createClient({
      providers: [
        bench.provide(server, {
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
    const server = await bench.serve(always(bytes));
    const error = await failureOf(createClient({ providers: [bench.provide(server)] }).chat(ask));
    expect(error).toMatchObject({ code, retryable: true, fallbackable: true, provider: 'line' });
    expect(error.message).not.toMatch(/qwerty|plain words|cut/u);
  });

  it('skips keep-alive comments before the JSON', async () => {
    const server = await bench.serve(
      always(answer(200, '\n: keep-alive\n\n: keep-alive\n{"text":"hi"}')),
    );
    expect((await createClient({ providers: [bench.provide(server)] }).chat(ask)).text).toBe('hi');
  });

  it('an error inside a success is that error', async () => {
    const server = await bench.serve(
      always(jsonAnswer(200, { error: { type: 'overloaded_error', message: 'busy' } })),
    );
    const error = await failureOf(createClient({ providers: [bench.provide(server)] }).chat(ask));
    expect(error).toMatchObject({ code: 'overloaded', status: 200, provider: 'line', model: 'm' });
  });

  it('an error status is an error whatever its body looks like', async () => {
    const server = await bench.serve(always(jsonAnswer(404, { text: 'hi' })));
    const error = await failureOf(createClient({ providers: [bench.provide(server)] }).chat(ask));
    expect(error).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('a stream that is cut names provider, model and request', async () => {
    const cut = streamHead({ 'x-request-id': 'req_cut' }) + LAST_CHUNK;
    const server = await bench.serve(always(cut));
    const client = createClient({ providers: [bench.provide(server)] });
    const error = await failureOf(client.chat.stream(ask).then((stream) => stream.result));
    expect(error).toMatchObject({
      code: 'empty_response',
      provider: 'line',
      model: 'm',
      requestId: 'req_cut',
    });
  });

  it('an error status is classified, with the request id and without the key', async () => {
    const server = await bench.serve(
      always(
        jsonAnswer(
          429,
          { error: { message: 'sk-line-secret is over its limit', code: 'rate_limit_exceeded' } },
          { 'retry-after': '2', 'x-request-id': 'req_9' },
        ),
      ),
    );
    const error = await failureOf(createClient({ providers: [bench.provide(server)] }).chat(ask));
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

describe('a streamed call', () => {
  const event = (text: string): string => `data: ${JSON.stringify({ text })}\n\n`;

  it('resolves at the headers and yields the events', async () => {
    const server = await bench.serve(
      always(
        streamHead({ 'x-request-id': 'req_s' }) +
          chunk(event('he')).toString() +
          chunk(`${event('llo')}data: [END]\n\n`).toString() +
          LAST_CHUNK,
      ),
    );
    const client = createClient({ providers: [bench.provide(server)] });
    const stream = await client.chat.stream(ask);
    expect(stream.meta).toMatchObject({ requestId: 'req_s', status: 200 });
    const answered = await stream.result;
    expect(answered.text).toBe('hello');
    expect(answered.usage).toEqual({ outputTokens: 2 });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ stream: true });
  });

  it('drops what follows the terminator in the same read, whatever the decoder would make of it', async () => {
    const server = await bench.serve(
      always(
        streamHead() +
          chunk(`${event('all')}data: [END]\n\n${event('late')}`).toString() +
          LAST_CHUNK,
      ),
    );
    const client = createClient({ providers: [bench.provide(server)] });
    expect((await (await client.chat.stream(ask)).result).text).toBe('all');
  });

  it('turns a whole JSON answer into events', async () => {
    const server = await bench.serve(always(jsonAnswer(200, { text: 'all at once' })));
    const client = createClient({ providers: [bench.provide(server)] });
    const answered = await (await client.chat.stream(ask)).result;
    expect(answered.text).toBe('all at once');
    expect(answered.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it('leaving the loop closes the socket', async () => {
    const server = await bench.serve(async (connection) => {
      await connection.request();
      await connection.write(streamHead() + chunk(event('a')).toString());
    });
    const client = createClient({ providers: [bench.provide(server)] });
    for await (const one of await client.chat.stream(ask)) {
      if (one.type === 'text-delta') break;
    }
    await server.closedConnections(1);
    expect(server.connections).toHaveLength(1);
  });

  it('an error after the first token is thrown with the partial answer', async () => {
    const server = await bench.serve(async (connection) => {
      await connection.request();
      await connection.write(
        streamHead({ 'x-request-id': 'req_late' }) + chunk(event('par')).toString(),
      );
      await connection.write(chunk('data: {"error":{"code":503,"message":"gone"}}\n\n'));
    });
    const client = createClient({ providers: [bench.provide(server)] });
    const error = await failureOf((await client.chat.stream(ask)).result);
    expect(error).toMatchObject({
      code: 'overloaded',
      provider: 'line',
      model: 'm',
      requestId: 'req_late',
    });
    expect(error.partial).toMatchObject({ message: { content: [{ type: 'text', text: 'par' }] } });
    expect(error.usage).toEqual({ outputTokens: 2 });
    await server.closedConnections(1);
  });
});

describe('the model listing', () => {
  it('reads all pages with the key, and names the provider in its errors', async () => {
    const server = await bench.serve(async (connection) => {
      for (;;) {
        const seen = await connection.request();
        if (seen === undefined) return;
        const page = seen.head.includes('after=1') ? { ids: ['b'] } : { ids: ['a'], next: 1 };
        await connection.write(jsonAnswer(200, page));
      }
    });
    const provider = bench.provide(server, {
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

    const broken = await bench.serve(always(jsonAnswer(403, { error: 'no' })));
    const listing = bench.provide(broken, { models: { path: 'models', decode: () => [] } });
    expect(await failureOf(listing.models?.() ?? Promise.resolve())).toMatchObject({
      code: 'permission',
      provider: 'line',
    });
  });
});
