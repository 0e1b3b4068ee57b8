import { createClient, fileBytes } from '@inferway/core';
import { openaiImages, openaiSpeech } from '@inferway/wire';
import { afterEach, describe, expect, it } from 'vitest';
import {
  defineProvider,
  endpoint,
  fetchTransport,
  undiciTransport,
  type Transport,
} from '../src/index.js';
import { answer, jsonAnswer, type FaultServer, type Scenario } from '../src/testing/index.js';
import { failureOf } from './support/failure.js';
import { LineBench } from './support/line-provider.js';

const bench = new LineBench();
afterEach(async () => {
  await bench.close();
});

const PNG = Buffer.from('\u0089PNG\r\n\u001a\n rest', 'latin1');
const STORAGE = 'https://storage.example';

/** Answers each path as told. */
const paths =
  (answers: Readonly<Record<string, Buffer>>): Scenario =>
  async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request === undefined) return;
      await connection.write(answers[request.path] ?? answer(404, 'nothing here'));
    }
  };

/** Leads a public address to a server of this test. */
function leading(inner: Transport, to: FaultServer): Transport {
  return {
    exchange: (request) =>
      inner.exchange(request.origin === STORAGE ? { ...request, origin: to.origin } : request),
    close: () => inner.close(),
  };
}

function clientOf(server: FaultServer, transport: Transport) {
  const provider = defineProvider({
    name: 'acme',
    baseUrl: `${server.origin}/v1`,
    key: { apiKey: 'sk-acme-secret' },
    transport,
    endpoints: {
      image: endpoint({ format: openaiImages, path: 'images' }),
      speech: endpoint({ format: openaiSpeech, path: 'speech' }),
    },
  });
  bench.closeLater({ close: async () => provider.close?.() });
  return createClient({ providers: [provider] });
}

const imageAt = (...urls: string[]): Buffer =>
  jsonAnswer(200, { data: urls.map((url) => ({ url })) }, { 'x-request-id': 'made-1' });
const ask = { model: 'acme/m', prompt: 'a cat', delivery: 'bytes' } as const;

describe('a file that came as a URL', () => {
  for (const [name, transport] of [
    ['undici', undiciTransport],
    ['fetch', fetchTransport],
  ] as const) {
    it(`is fetched over short links, without the key where it is not the provider's (${name})`, async () => {
      const storage = await bench.serve(
        paths({ '/x.png?sig=1': answer(200, PNG, { 'content-type': 'binary/octet-stream' }) }),
      );
      const served: FaultServer = await bench.serve(async (connection) => {
        const answers = paths({
          '/v1/images': imageAt(`${STORAGE}/x.png?sig=1`, `${served.origin}/short`),
          '/short': answer(302, '', { location: `${STORAGE}/x.png?sig=1` }),
        });
        await answers(connection);
      });
      const reply = await clientOf(served, leading(transport(), storage)).image(ask);
      expect(reply.images.map(({ image }) => [...fileBytes(image)])).toEqual([[...PNG], [...PNG]]);
      expect(reply.images[0]?.image).toMatchObject({ mediaType: 'image/png' });
      // The envelope tells of the call, not of the downloads.
      expect(reply.meta.requestId).toBe('made-1');
      for (const request of storage.requests) {
        expect(request.head.toLowerCase()).not.toContain('authorization');
      }
      const short = served.requests.find(({ path }) => path === '/short');
      expect(short?.headers.authorization).toBe('Bearer sk-acme-secret');
    });
  }

  it('is not fetched with the key where another host leads back to the provider', async () => {
    const server = await bench.serve(
      paths({
        '/v1/images': imageAt(`${STORAGE}/x.png`),
        '/v1/account': answer(200, 'private'),
      }),
    );
    const storage = await bench.serve(
      paths({ '/x.png': answer(302, '', { location: `${server.origin}/v1/account` }) }),
    );
    const failed = await failureOf(
      clientOf(server, leading(undiciTransport(), storage)).image(ask),
    );
    expect(failed).toMatchObject({ code: 'protocol', retryable: false });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/images']);
  });

  it('stays a URL where nobody asks for bytes', async () => {
    const server = await bench.serve(paths({ '/v1/images': imageAt(`${STORAGE}/x.png`) }));
    const client = clientOf(server, undiciTransport());
    const { images } = await client.image({ model: 'acme/m', prompt: 'a' });
    expect(images[0]?.image).toEqual({ type: 'url', url: `${STORAGE}/x.png` });
    expect(server.requests).toHaveLength(1);
  });

  it('is fetched for a stream, whose reader wants the sound itself', async () => {
    const storage = await bench.serve(paths({ '/s': answer(200, 'RIFF....WAVE') }));
    const server = await bench.serve(
      paths({ '/v1/speech': jsonAnswer(200, { audio: `${STORAGE}/s` }) }),
    );
    const client = clientOf(server, leading(undiciTransport(), storage));
    const stream = await client.speech.stream({ model: 'acme/m', text: 'hi' });
    const types = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['start', 'audio-delta', 'end']);
    expect((await stream.result).audio).toMatchObject({ mediaType: 'audio/wav' });
    // Asked for JSON alone, a server may refuse to give a file.
    expect(server.requests[0]?.headers['accept']).toBe('*/*');
  });

  it('that is gone gives an error that says so, and is not paid for twice', async () => {
    const storage = await bench.serve(paths({ '/gone': answer(403, '<Error>expired</Error>') }));
    const server = await bench.serve(paths({ '/v1/images': imageAt(`${STORAGE}/gone`) }));
    const error = await failureOf(clientOf(server, leading(undiciTransport(), storage)).image(ask));
    expect(error).toMatchObject({
      code: 'not_found',
      provider: 'acme',
      status: 403,
      retryable: false,
      fallbackable: false,
    });
    expect(error.message).toContain('expire');
    expect(error.message).not.toContain('storage.example');
  });

  it('is not fetched from where it should not be, nor in circles, nor beyond the cap', async () => {
    const cases: [string, Readonly<Record<string, Buffer>>, string][] = [
      ['http://169.254.169.254/x', {}, 'protocol'],
      ['file:///etc/passwd', {}, 'protocol'],
      [`${STORAGE}/round`, { '/round': answer(302, '', { location: '/round' }) }, 'protocol'],
      [
        `${STORAGE}/down`,
        { '/down': answer(302, '', { location: 'http://a.example/' }) },
        'protocol',
      ],
      [`${STORAGE}/lost`, { '/lost': answer(304, '') }, 'protocol'],
      [`${STORAGE}/big`, { '/big': answer(200, 'x'.repeat(2000)) }, 'too_large'],
      [`${STORAGE}/down`, { '/down': answer(503, 'x') }, 'overloaded'],
    ];
    for (const [url, answers, code] of cases) {
      const storage = await bench.serve(paths(answers));
      const server = await bench.serve(paths({ '/v1/images': imageAt(url) }));
      const transport = undiciTransport({ maxBodyBytes: 1000 });
      const error = await failureOf(clientOf(server, leading(transport, storage)).image(ask));
      expect([url, error.code]).toEqual([url, code]);
      expect(error.retryable).toBe(false);
    }
  });
});
