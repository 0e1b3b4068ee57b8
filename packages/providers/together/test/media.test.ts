import { createClient, fileBytes, type Client } from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { streamOf } from '@inferway/provider-kit/testing';
import { createSimulator, type Simulator } from '@inferway/simulator';
import Together, { toFile } from 'together-ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTogether } from '../src/index.js';
import { asked } from './support/asked.js';

let simulator: Simulator;
let client: Client<ReturnType<typeof createTogether>>;
let own: Together;

const free = { input: 0, output: 0 };

beforeAll(async () => {
  simulator = createSimulator({
    models: [
      // Together counts no tokens of images.
      { id: 'sim-image', kind: 'image', prices: { ...free, units: { image: 2_700_000 } } },
      { id: 'sim-speech', kind: 'speech', prices: { ...free, units: { millionCharacters: 15e9 } } },
      { id: 'sim-transcribe', kind: 'transcription', prices: free },
      { id: 'sim-rerank', kind: 'rerank', prices: free },
    ],
  });
  await simulator.listen();
  const baseUrl = simulator.baseUrls.together;
  client = createClient({
    providers: [createTogether({ apiKey: 'tgp_v1_any', baseUrl })],
    middleware: [cost({ prices: simulator.priceBook })],
  });
  own = new Together({ baseURL: baseUrl, apiKey: 'tgp_v1_any', maxRetries: 0 });
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const SAID = 'One. Two and three.';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const DOCUMENTS = ['The sea is deep.', 'Harbours shelter ships.', 'Bread is baked.'];

describe('Images', () => {
  it('come as links, or as bytes where they are asked for', async () => {
    const ask = { model: 'together/sim-image', prompt: 'A whale', size: '64x32' } as const;
    const {
      images,
      cost: paid,
      meta,
    } = await client.image({ ...ask, count: 2, delivery: 'bytes' });
    expect(images).toHaveLength(2);
    const png = Buffer.from(fileBytes(images[0]!.image));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 32]);
    expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    const linked = await client.image(ask);
    const image = linked.images[0]?.image;
    if (image?.type !== 'url') throw new Error('It is no URL.');
    const shown = await fetch(image.url);
    expect(Buffer.from(await shown.arrayBuffer()).equals(png)).toBe(true);
  });

  it('are asked for by sides, and what is worked on travels as URLs', async () => {
    const answer = {
      id: 'i',
      model: 'm',
      object: 'list',
      data: [{ index: 0, url: 'https://x/1' }],
    };
    const { seen, answer: told } = await asked(answer, async (provider) => {
      const ask = { model: 'together/flux', prompt: 'Green', delivery: 'url' } as const;
      await provider.image({ ...ask, size: '64x32', steps: 4, images: [PIXEL] });
      await provider.image({ ...ask, images: [PIXEL, PIXEL] });
      return provider.image({ ...ask, quality: 'high', background: 'opaque', user: 'u' });
    });
    const [one, many, plain] = seen.map(({ body }) => body);
    expect(one).toMatchObject({ width: 64, height: 32, steps: 4, response_format: 'url' });
    expect(one).toMatchObject({ image_url: expect.stringMatching(/^data:image\/png;base64,/u) });
    expect(one).not.toHaveProperty('size');
    expect(many).toMatchObject({ reference_images: [expect.any(String), expect.any(String)] });
    expect(plain).not.toHaveProperty('quality');
    const dropped = told.meta.warnings?.map(({ setting }) => setting).toSorted();
    expect(dropped).toEqual(['background', 'quality', 'user']);
  });

  it('are seen by Together’s own client as it knows them', async () => {
    const ask = { model: 'sim-image', prompt: 'A whale', width: 16, height: 16 };
    const linked = await own.images.generate(ask);
    expect(linked).toMatchObject({ object: 'list', data: [{ index: 0, type: 'url' }] });
    const { data } = await own.images.generate({ ...ask, response_format: 'base64' });
    expect(data).toEqual([{ index: 0, type: 'b64_json', b64_json: expect.any(String) }]);
  });
});

describe('Audio', () => {
  it('is spoken, whole and in a stream, and heard again', async () => {
    const ask = { model: 'together/sim-speech', text: SAID } as const;
    const { audio, cost: paid, meta } = await client.speech(ask);
    expect(audio).toMatchObject({ mediaType: 'audio/wav' });
    expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    const streamed = await client.speech.stream({ ...ask, format: 'pcm' });
    const { audio: samples } = await streamed.result;
    expect(fileBytes(samples).length).toBeGreaterThan(1000);

    const heard = await client.transcribe({
      model: 'together/sim-transcribe',
      audio,
      diarize: true,
      timestamps: ['word'],
    });
    expect(heard.text).toBe(SAID);
    expect(heard.segments).toMatchObject([{ speaker: 'A' }, { speaker: 'B' }]);
    expect(heard.words).toHaveLength(4);
    const translated = await client.transcribe({
      model: 'together/sim-transcribe',
      audio,
      translate: true,
      timestamps: ['segment'],
    });
    expect(translated).toMatchObject({ text: SAID, language: 'english' });
  });

  it('streams raw samples alone, in chunks of its own kind', async () => {
    const chunk = (data: string) => ({
      object: 'audio.tts.chunk',
      model: 'm',
      b64: Buffer.from(data).toString('base64'),
    });
    const answer = streamOf(chunk('abcd'), chunk('efgh'));
    const { seen, answer: streamed } = await asked(answer, async (provider) => {
      const stream = await provider.speech.stream({
        model: 'together/m',
        text: SAID,
        format: 'mp3',
      });
      return stream.result;
    });
    expect(seen[0]?.body).toMatchObject({ stream: true, response_format: 'raw' });
    expect(Buffer.from(fileBytes(streamed.audio)).toString()).toBe('abcdefgh');
    expect(streamed.meta.warnings).toMatchObject([{ setting: 'format' }]);
  });

  it('is taken as a URL in the field of the file', async () => {
    const { seen } = await asked({ text: 'Hello.' }, (provider) =>
      provider.transcribe({ model: 'together/m', audio: new URL('https://a.test/b.mp3') }),
    );
    expect(seen[0]?.url).toBe('/v1/audio/transcriptions');
    expect(seen[0]?.body).toMatch(/name="file"\r\n\r\nhttps:\/\/a\.test\/b\.mp3/u);
  });

  it('is spoken to and heard by Together’s own client', async () => {
    const spoken = await own.audio.speech.create({
      model: 'sim-speech',
      input: SAID,
      voice: 'tara',
    });
    const wav = Buffer.from(await spoken.arrayBuffer());
    const heard = await own.audio.transcriptions.create({
      model: 'sim-transcribe' as 'openai/whisper-large-v3',
      file: await toFile(wav, 'said.wav'),
      response_format: 'verbose_json',
      diarize: true,
    });
    expect(heard).toMatchObject({
      text: SAID,
      speaker_segments: [{ speaker_id: 'A' }, { speaker_id: 'B' }],
    });
  });
});

describe('Rankings', () => {
  it('are of texts and of objects, cut and with their documents', async () => {
    const ranked = await client.rerank({
      model: 'together/sim-rerank',
      query: 'deep sea',
      documents: DOCUMENTS.map((text) => ({ title: 'x', text })),
      rankFields: ['text'],
      topN: 2,
      returnDocuments: true,
    });
    expect(ranked.results).toHaveLength(2);
    expect(ranked.results[0]).toMatchObject({ index: 0, document: { text: DOCUMENTS[0] } });
  });

  it('are the same by Together’s own client', async () => {
    const { results, object, usage } = await own.rerank.create({
      model: 'sim-rerank',
      query: 'deep sea',
      documents: DOCUMENTS,
      top_n: 1,
      return_documents: true,
    });
    expect(object).toBe('rerank');
    expect(usage).toMatchObject({ completion_tokens: 0, total_tokens: usage?.prompt_tokens });
    expect(results).toMatchObject([{ index: 0, document: { text: DOCUMENTS[0] } }]);
  });
});
