import { createClient, type Client, type ProviderOf } from '@inferway/core';
import { decodeMultipart } from '@inferway/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { defineProvider, rawEndpoint } from '../src/index.js';
import { answer, jsonAnswer, type FaultServer } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { always, LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

function clientOf(server: FaultServer): Client<ProviderOf<'acme', 'raw'>> {
  const provider = defineProvider({
    name: 'acme',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-acme' },
    endpoints: { raw: rawEndpoint },
  });
  bench.closeLater({ close: async () => provider.close?.() });
  return createClient({ providers: [provider] });
}

describe('a raw call', () => {
  it('posts JSON with the model of the call, and gives the JSON of the answer', async () => {
    const server = await bench.serve(always(jsonAnswer(201, { flagged: false })));
    const reply = await clientOf(server).raw({
      model: 'acme/moderator',
      path: 'moderations',
      query: { dry: 'a b' },
      json: { input: 'hello' },
    });
    expect(reply).toMatchObject({ status: 201, json: { flagged: false } });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/moderations?dry=a+b',
      body: '{"model":"moderator","input":"hello"}',
    });
  });

  it('gets without a body, and gives bytes as a file', async () => {
    const server = await bench.serve(
      always(answer(200, new Uint8Array([0, 255]), { 'content-type': 'audio/wav' })),
    );
    const reply = await clientOf(server).raw({ model: 'acme/x', path: 'files/f 1/content' });
    expect(reply.file).toEqual({
      type: 'bytes',
      data: Buffer.from([0, 255]),
      mediaType: 'audio/wav',
    });
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/v1/files/f%201/content',
    });
  });

  it('sends forms of fields and files, and has nothing to tell of an empty answer', async () => {
    const server = await bench.serve(always(answer(204, '')));
    const reply = await clientOf(server).raw({
      model: 'acme/x',
      path: 'files',
      form: { purpose: 'batch', count: 2, file: new Blob(['{}'], { type: 'application/jsonl' }) },
    });
    expect(reply).toMatchObject({ status: 204 });
    expect(reply).not.toHaveProperty('file');
    const [request] = server.requests;
    const form = await decodeMultipart(
      request?.bytes ?? new Uint8Array(),
      String(request?.headers['content-type']),
    );
    expect(form.parts).toMatchObject([
      { name: 'purpose', value: 'batch' },
      { name: 'count', value: '2' },
      { name: 'file', mediaType: 'application/jsonl' },
    ]);
  });

  it.each([
    '/moderations',
    '../other',
    'a//b',
    'a/%2e%2e/b',
    'a?b=c',
    'a#b',
    '',
    'a\\..\\b',
    'a%2f..%2Fb',
    'a%5C.%2e%5cb',
    'a/.\t./b',
  ])('is refused before it is sent where the path is %j', async (path) => {
    const server = await bench.serve(always(jsonAnswer(200, {})));
    const error = await failureOf(clientOf(server).raw({ model: 'acme/x', path }));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'path' });
    expect(server.requests).toHaveLength(0);
  });

  it.each(['a/b\r\nx-evil: 1', 'a/☃'])(
    'is refused before it is sent where a file calls itself %j',
    async (mediaType) => {
      const server = await bench.serve(always(jsonAnswer(200, {})));
      const file = { type: 'bytes', data: new Uint8Array(2), mediaType } as const;
      const error = await failureOf(clientOf(server).raw({ model: 'acme/x', path: 'a', file }));
      expect(error).toMatchObject({ code: 'invalid_request', param: 'mediaType' });
      expect(server.requests).toHaveLength(0);
    },
  );

  it('has one body at most', async () => {
    const server = await bench.serve(always(jsonAnswer(200, {})));
    const error = await failureOf(
      clientOf(server).raw({ model: 'acme/x', path: 'a', json: {}, form: {} }),
    );
    expect(error).toMatchObject({ code: 'invalid_request', param: 'json' });
  });
});
