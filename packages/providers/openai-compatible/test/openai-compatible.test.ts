import { createClient } from '@inferway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOpenAICompatible, type OpenAICompatibleOptions } from '../src/index.js';
import { json, loopback, type Loopback } from '@inferway/provider-kit/testing';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  vi.unstubAllEnvs();
});

async function serve(answer: Parameters<typeof loopback>[0]): Promise<Loopback> {
  const server = await loopback(answer);
  open.push(server);
  return server;
}

function clientOf(server: Loopback, options: Partial<OpenAICompatibleOptions<'local'>> = {}) {
  const local = createOpenAICompatible({
    name: 'local',
    baseUrl: `${server.baseUrl}/v1`,
    ...options,
  });
  const client = createClient({ providers: [local] });
  open.push(client);
  return client;
}

const COMPLETION = {
  id: 'c1',
  model: 'served',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
};
const chat = { model: 'local/org/m', messages: [{ role: 'user', content: 'Hi' }] } as const;

describe('createOpenAICompatible', () => {
  it('chats without a key where none is given', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const answer = await clientOf(server).chat({ ...chat, maxOutputTokens: 9 });
    expect(answer.text).toBe('Hello.');
    expect(answer.model).toBe('served');
    expect(answer.usage).toMatchObject({ inputTokens: 4, outputTokens: 2 });
    expect(answer.meta).toMatchObject({ provider: 'local', model: 'org/m', status: 200 });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'org/m', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
    });
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('sends key and headers, and shows the headers asked for', async () => {
    const server = await serve((_, response) =>
      json(response, 200, COMPLETION, { 'x-speed': 'fast', 'x-request-id': 'r1' }),
    );
    const client = clientOf(server, {
      apiKey: 'k1',
      headers: { 'x-team': 'a' },
      keepHeaders: ['x-speed'],
    });
    const answer = await client.chat(chat);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer k1', 'x-team': 'a' });
    expect(answer.meta).toMatchObject({ headers: { 'x-speed': 'fast' }, requestId: 'r1' });
  });

  it('requires the key of a variable that it was told of', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    vi.stubEnv('LOCAL_KEY_FOR_TEST', '');
    const client = clientOf(server, { env: ['LOCAL_KEY_FOR_TEST'] });
    await expect(client.chat(chat)).rejects.toMatchObject({ code: 'authentication' });
    vi.stubEnv('LOCAL_KEY_FOR_TEST', 'k2');
    await client.chat(chat);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer k2');
  });

  it('streams chats and completions with usage', async () => {
    const server = await serve((seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (body: object): void => {
        response.write(`data: ${JSON.stringify(body)}\n\n`);
      };
      const isChat = seen.url?.endsWith('/chat/completions') === true;
      for (const text of ['Hel', 'lo.']) {
        send({
          id: 'c',
          choices: [isChat ? { index: 0, delta: { content: text } } : { index: 0, text }],
        });
      }
      send({ id: 'c', choices: [{ index: 0, delta: {}, text: '', finish_reason: 'stop' }] });
      send({ id: 'c', choices: [], usage: { prompt_tokens: 4, completion_tokens: 2 } });
      response.end('data: [DONE]\n\n');
    });
    const client = clientOf(server);
    for (const stream of [
      await client.chat.stream(chat),
      await client.complete.stream({ model: 'local/m', prompt: 'Hi' }),
    ]) {
      const answer = await stream.result;
      expect(await Promise.resolve(answer)).toMatchObject({ finishReason: { unified: 'stop' } });
      expect(answer.usage).toMatchObject({ inputTokens: 4, outputTokens: 2 });
    }
    expect(server.seen.map((seen) => seen.url)).toEqual([
      '/v1/chat/completions',
      '/v1/completions',
    ]);
    expect(server.seen[0]?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('completes and embeds', async () => {
    const server = await serve((seen, response) =>
      seen.url === '/v1/embeddings'
        ? json(response, 200, {
            data: [{ index: 0, embedding: [0.5, -1] }],
            model: 'e',
            usage: { prompt_tokens: 3 },
          })
        : json(response, 200, {
            id: 'x',
            choices: [{ index: 0, text: ' sea', finish_reason: 'length' }],
          }),
    );
    const client = clientOf(server);
    const completed = await client.complete({ model: 'local/m', prompt: 'The' });
    expect(completed).toMatchObject({ text: ' sea', finishReason: { unified: 'length' } });
    const embedded = await client.embed({ model: 'local/e', input: 'a' });
    expect(embedded.embeddings).toEqual([[0.5, -1]]);
    expect(embedded.usage).toMatchObject({ inputTokens: 3 });
  });

  it('speaks the dialects it is given, by model and request', async () => {
    const server = await serve((_, response) => json(response, 200, COMPLETION));
    const client = clientOf(server, {
      dialect: (model, request) => ({
        unsupported: model === 'picky' && request.tools === undefined ? ['seed'] : [],
      }),
      completeDialect: { unsupported: ['seed'] },
    });
    const picky = await client.chat({ ...chat, model: 'local/picky', seed: 1 });
    await client.chat({ ...chat, seed: 1 });
    expect(picky.meta.warnings).toMatchObject([{ type: 'unsupported', setting: 'seed' }]);
    expect(server.seen[0]?.body).not.toHaveProperty('seed');
    expect(server.seen[1]?.body).toMatchObject({ seed: 1 });
  });

  it('lists models with their context, in OpenAI’s and in Together’s shape', async () => {
    const models = [
      { id: 'a', owned_by: 'me', created: 1, max_model_len: 4096 },
      { id: 'b', context_length: 8192 },
      { id: 'c', context_window: 1024 },
      { nothing: true },
      'junk',
    ];
    for (const body of [{ object: 'list', data: models }, models]) {
      const server = await serve((_, response) => json(response, 200, body));
      const listing = await clientOf(server).models();
      expect(listing.failures).toEqual([]);
      expect(listing.models).toMatchObject([
        { id: 'a', provider: 'local', ownedBy: 'me', created: 1, contextLength: 4096 },
        { id: 'b', contextLength: 8192 },
        { id: 'c', contextLength: 1024 },
      ]);
      expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/v1/models' });
    }
  });

  it('tells a failed listing apart from an empty one', async () => {
    const server = await serve((_, response) => json(response, 401, { error: { message: 'no' } }));
    const listing = await clientOf(server).models();
    expect(listing.models).toEqual([]);
    expect(listing.failures).toMatchObject([{ code: 'authentication', provider: 'local' }]);
  });
});
