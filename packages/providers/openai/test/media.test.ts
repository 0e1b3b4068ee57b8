import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audioStream, createClient, fileBytes, type Warning } from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const provider = createOpenAI({ apiKey: 'sk-simulated', baseUrl: simulator.baseUrls.openai });
  return createClient({
    providers: [provider],
    middleware: [cost({ prices: simulator.priceBook })],
  });
}

const free = { input: 0, output: 0 };
const perMinute = { ...free, units: { inputAudioMinute: 6_000_000 } };
const perToken = { input: 2_500_000_000, output: 10_000_000_000, inputAudio: 6_000_000_000 };

beforeAll(async () => {
  simulator = createSimulator({
    models: [
      { id: 'gpt-image-2', kind: 'image', prices: { ...perToken, outputImage: 32_000_000_000 } },
      { id: 'dall-e-3', kind: 'image', prices: { ...free, units: { image: 40_000_000 } } },
      { id: 'tts-1', kind: 'speech', prices: { ...free, units: { millionCharacters: 15e9 } } },
      { id: 'gpt-4o-mini-tts', kind: 'speech', prices: { input: 6e8, output: 12e9 } },
      { id: 'whisper-1', kind: 'transcription', prices: perMinute },
      { id: 'gpt-4o-transcribe', kind: 'transcription', prices: perToken },
      { id: 'gpt-4o-transcribe-diarize', kind: 'transcription', prices: perToken },
    ],
  });
  await simulator.listen();
  client = connect();
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const settings = (warnings: readonly Warning[] | undefined): (string | undefined)[] =>
  (warnings ?? []).map(({ setting }) => setting);
const SAID = 'One. Two and three.';
const spoken = async () => {
  const { audio } = await client.speech({ model: 'openai/tts-1', text: SAID, format: 'wav' });
  return audio;
};

describe('images', () => {
  it('come as bytes, at the price of the bill, and are the input of the next', async () => {
    const {
      images,
      usage,
      meta,
      cost: paid,
    } = await client.image({
      model: 'openai/gpt-image-2',
      prompt: 'A whale',
      size: '64x32',
      count: 2,
    });
    expect(images).toHaveLength(2);
    const [first] = images;
    const png = Buffer.from(fileBytes(first!.image));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 32]);
    expect(usage).toMatchObject({ units: { images: 2 }, outputImageTokens: 2112 });
    expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    const edited = await client.image({
      model: 'openai/gpt-image-2',
      prompt: 'Make it green',
      images: [png, first!.image],
      mask: new Blob([png], { type: 'image/png' }),
    });
    expect(edited.usage?.inputImageTokens).toBe(646);
    expect(simulator.requests.at(-1)?.path).toBe('/openai/v1/images/edits');
  });

  it('drop what the model does not take, and say so', async () => {
    const foreign = { seed: 1, steps: 4, negativePrompt: 'red' };
    const gpt = await client.image({
      model: 'openai/gpt-image-2',
      prompt: 'a',
      size: '16x16',
      delivery: 'url',
      ...foreign,
    });
    expect(settings(gpt.meta.warnings)).toEqual(['negativePrompt', 'steps', 'seed', 'delivery']);
    const dalle = await client.image({
      model: 'openai/dall-e-3',
      prompt: 'a',
      size: '16x16',
      format: 'webp',
      background: 'opaque',
    });
    expect(settings(dalle.meta.warnings)).toEqual(['format', 'background']);
    expect(dalle.cost).toMatchObject({ known: true, total: 40_000_000 });
  });

  it('are links where asked for, and fetched where bytes are', async () => {
    const ask = { model: 'openai/dall-e-3', prompt: 'a', size: '16x16' } as const;
    const { images } = await client.image({ ...ask, delivery: 'url' });
    const [{ image } = { image: undefined }] = images;
    expect(image?.type).toBe('url');
    const url = image?.type === 'url' ? image.url : '';
    const linked = Buffer.from(await (await fetch(url)).arrayBuffer());
    const whole = await client.image({ ...ask, delivery: 'bytes' });
    expect(Buffer.from(fileBytes(whole.images[0]!.image)).equals(linked)).toBe(true);
  });

  it('are streamed with unfinished ones', async () => {
    const stream = await client.image.stream({
      model: 'openai/gpt-image-2',
      prompt: 'a',
      size: '16x16',
      partialImages: 2,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['start', 'image-partial', 'image-partial', 'image', 'end']);
    const { usage, cost: paid, meta } = await stream.result;
    expect(usage).toMatchObject({ outputTokens: 1056, units: { images: 1 } });
    expect(paid).toMatchObject({ total: simulator.bill.of(meta.requestId!)?.cost });
  });
});

describe('speech', () => {
  it('is a file, in the usual voice, billed by characters or tokens as the model is', async () => {
    const reply = await client.speech({ model: 'openai/tts-1', text: SAID, instructions: 'sing' });
    expect(reply.audio).toMatchObject({ type: 'bytes', mediaType: 'audio/mpeg' });
    expect(settings(reply.meta.warnings)).toEqual(['instructions']);
    expect(reply.cost).toMatchObject({ known: true, total: SAID.length * 15_000 });
    // Whoever bills tokens does not tell them with the file.
    const tokens = await client.speech({ model: 'openai/gpt-4o-mini-tts', text: SAID });
    expect(tokens.cost).toEqual({ known: false, reason: 'no-usage' });
  });

  it('is streamed as bytes by old models and in events by new ones, whose usage then is known', async () => {
    const ask = { text: SAID, format: 'wav' } as const;
    const whole = await spoken();
    for (const model of ['openai/tts-1', 'openai/gpt-4o-mini-tts'] as const) {
      const stream = await client.speech.stream({ model, ...ask });
      const body = await new Response(audioStream(stream)).arrayBuffer();
      expect(Buffer.from(body).equals(Buffer.from(fileBytes(whole)))).toBe(true);
      const { meta, cost: paid } = await stream.result;
      expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    }
  });
});

describe('transcriptions', () => {
  it('take audio as a file on disk, a blob, a stream or bytes', async () => {
    const bytes = fileBytes(await spoken());
    const folder = await mkdtemp(join(tmpdir(), 'inferway-audio-'));
    try {
      const path = join(folder, 'said.wav');
      await writeFile(path, bytes);
      const inputs = [await openAsBlob(path), new Blob([Buffer.from(bytes)]).stream(), bytes];
      for (const audio of inputs) {
        const reply = await client.transcribe({ model: 'openai/whisper-1', audio });
        expect(reply.text).toBe(SAID);
        expect(reply.cost).toMatchObject({
          total: simulator.bill.of(reply.meta.requestId!)?.cost,
        });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('give times, subtitles, speakers and probabilities as far as the model does', async () => {
    const audio = await spoken();
    const timed = await client.transcribe({
      model: 'openai/whisper-1',
      audio,
      timestamps: ['word', 'segment'],
      subtitles: 'srt',
      logprobs: true,
    });
    expect(timed.words?.map(({ word }) => word)).toEqual(['One.', 'Two', 'and', 'three.']);
    expect(timed.subtitles).toContain('00:00:00,000 --> ');
    expect(settings(timed.meta.warnings)).toEqual(['logprobs']);
    const speakers = await client.transcribe({
      model: 'openai/gpt-4o-transcribe-diarize',
      audio,
      diarize: true,
    });
    const form = simulator.requests.at(-1)?.body as { parts: readonly object[] };
    expect(form.parts).toContainEqual({ name: 'chunking_strategy', value: 'auto' });
    expect(speakers.segments?.map(({ speaker }) => speaker)).toEqual(['A', 'B']);
    const likely = await client.transcribe({
      model: 'openai/gpt-4o-transcribe',
      audio,
      logprobs: true,
      timestamps: ['word'],
    });
    expect(likely.logprobs?.map(({ token }) => token).join('')).toBe(SAID);
    expect(settings(likely.meta.warnings)).toEqual(['timestamps']);
    const english = await client.transcribe({
      model: 'openai/whisper-1',
      audio,
      translate: true,
    });
    expect(english.text).toBe(SAID);
    expect(simulator.requests.at(-1)?.path).toBe('/openai/v1/audio/translations');
  });

  it('are streamed, also by the model that sends them whole', async () => {
    const audio = await spoken();
    for (const model of ['openai/whisper-1', 'openai/gpt-4o-transcribe'] as const) {
      const stream = await client.transcribe.stream({ model, audio });
      let text = '';
      for await (const piece of stream.text) text += piece;
      expect(text).toBe(SAID);
      const { meta, cost: paid } = await stream.result;
      expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    }
  });
});

describe('moderations', () => {
  it('are a raw call, with the key, the errors and the request id of any other', async () => {
    const { status, json, meta } = await client.raw({
      model: 'openai/omni-moderation-latest',
      path: 'moderations',
      json: { input: 'I will stab you' },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ results: [{ flagged: true, categories: { violence: true } }] });
    expect(meta.requestId).toMatch(/^req_/u);
    await expect(
      client.raw({ model: 'openai/omni-moderation-latest', path: 'moderations', json: {} }),
    ).rejects.toMatchObject({ code: 'invalid_request', status: 400, param: 'input' });
  });
});

describe('what cannot be', () => {
  it('is a typed error with status, provider, request id and what to do', async () => {
    const png = Uint8Array.from(Buffer.from('not an image'));
    const image = client.image({ model: 'openai/gpt-image-2', prompt: 'a', images: [png] });
    await expect(image).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      provider: 'openai',
      requestId: expect.stringMatching(/^req_/u) as string,
      param: 'image',
    });
    const noise = client.transcribe({ model: 'openai/whisper-1', audio: png });
    await expect(noise).rejects.toMatchObject({ code: 'invalid_request', param: 'file' });
    const model = client.speech({ model: 'openai/none', text: 'a' });
    await expect(model).rejects.toMatchObject({ code: 'not_found', status: 404 });
    const sent = simulator.requests.length;
    const elsewhere = client.transcribe({
      model: 'openai/whisper-1',
      audio: 'https://files.example/a.wav',
    });
    await expect(elsewhere).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'audio',
      message: expect.stringContaining('Fetch it') as string,
    });
    const nothing = client.transcribe({ model: 'openai/whisper-1', audio: 'missing.wav' });
    await expect(nothing).rejects.toMatchObject({ param: 'audio', sent: 'no' });
    expect(simulator.requests.length).toBe(sent);
    const kind = client.image({ model: 'openai/tts-1', prompt: 'a' });
    await expect(kind).rejects.toMatchObject({ status: 404 });
  });
});

describe('forms', () => {
  it('hold what those of OpenAI’s own client hold', async () => {
    const official = new OpenAI({ apiKey: 'sk-1', baseURL: simulator.baseUrls.openai });
    const wav = fileBytes(await spoken());
    const png = fileBytes(
      (await client.image({ model: 'openai/gpt-image-2', prompt: 'a', size: '8x8' })).images[0]!
        .image,
    );
    const latest = (): unknown => {
      const body = simulator.requests.at(-1)?.body as { parts: readonly object[] };
      return [...body.parts].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    };
    const file = await toFile(wav, 'file.wav', { type: 'audio/wav' });
    await official.audio.transcriptions.create({
      model: 'whisper-1',
      file,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
      language: 'en',
      temperature: 0.5,
    });
    const theirs = latest();
    await client.transcribe({
      model: 'openai/whisper-1',
      audio: new Blob([Buffer.from(wav)], { type: 'audio/wav' }),
      timestamps: ['word'],
      language: 'en',
      temperature: 0.5,
    });
    expect(latest()).toEqual(theirs);

    const image = await toFile(png, 'image.png', { type: 'image/png' });
    await official.images.edit({
      model: 'gpt-image-2',
      prompt: 'a',
      image: [image, image],
      size: 'auto',
      n: 2,
    });
    const edit = latest();
    const images = [png, png];
    await client.image({
      model: 'openai/gpt-image-2',
      prompt: 'a',
      images,
      size: 'auto',
      count: 2,
    });
    expect(latest()).toEqual(edit);
  });
});
