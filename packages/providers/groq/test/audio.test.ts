import { createClient, fileBytes, type Client } from '@inferway/core';
import { cost } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import Groq, { toFile } from 'groq-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGroq } from '../src/index.js';
import { asked } from './support/asked.js';

let simulator: Simulator;
let client: Client<ReturnType<typeof createGroq>>;
let own: Groq;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  const baseUrl = simulator.baseUrls.groq;
  client = createClient({
    providers: [createGroq({ apiKey: 'gsk_any', baseUrl })],
    middleware: [cost({ prices: simulator.priceBook })],
  });
  own = new Groq({ baseURL: baseUrl, apiKey: 'gsk_any', maxRetries: 0 });
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const SAID = 'One. Two and three.';

describe('Audio', () => {
  it('is spoken and heard again, at the price of the bill', async () => {
    const {
      audio,
      cost: paid,
      meta,
    } = await client.speech({
      model: 'groq/sim-speech',
      text: SAID,
      voice: 'hannah',
      format: 'wav',
    });
    expect(audio).toMatchObject({ mediaType: 'audio/wav' });
    expect(paid).toMatchObject({ known: true, total: simulator.bill.of(meta.requestId!)?.cost });
    const heard = await client.transcribe({
      model: 'groq/sim-transcribe',
      audio,
      timestamps: ['word', 'segment'],
    });
    expect(heard).toMatchObject({ text: SAID, segments: [{}, {}], words: [{}, {}, {}, {}] });
    const bill = simulator.bill.of(heard.meta.requestId!);
    expect(heard.cost).toMatchObject({ known: true, total: bill?.cost });
    const translated = await client.transcribe({
      model: 'groq/sim-transcribe',
      audio,
      translate: true,
      timestamps: ['segment'],
    });
    expect(translated).toMatchObject({ text: SAID, language: 'english' });
  });

  it('is streamed as the file, since there are no events', async () => {
    const { seen, answer } = await asked(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'audio/wav' });
        response.end('RIFF-and-so-on');
      },
      async (provider) => {
        const stream = await provider.speech.stream({
          model: 'groq/m',
          text: SAID,
          voice: 'hannah',
          format: 'opus',
          instructions: 'calmly',
        });
        return stream.result;
      },
    );
    expect(seen[0]).toMatchObject({ url: '/openai/v1/audio/speech' });
    expect(seen[0]?.body).toEqual({ model: 'm', input: SAID, voice: 'hannah' });
    expect(Buffer.from(fileBytes(answer.audio)).toString()).toBe('RIFF-and-so-on');
    const dropped = answer.meta.warnings?.map(({ setting }) => setting).toSorted();
    expect(dropped).toEqual(['format', 'instructions']);
  });

  it('is taken as a URL, and subtitles are made of its segments', async () => {
    const told = {
      task: 'transcribe',
      text: ' Hello.',
      language: 'English',
      duration: 1.5,
      segments: [{ id: 0, seek: 0, start: 0, end: 1.5, text: ' Hello.', no_speech_prob: 0.01 }],
      x_groq: { id: 'req_1' },
    };
    const { seen, answer } = await asked(told, (provider) =>
      provider.transcribe({
        model: 'groq/whisper-large-v3-turbo',
        audio: new URL('https://a.test/b.mp3'),
        subtitles: 'srt',
        diarize: true,
        logprobs: true,
      }),
    );
    expect(seen[0]?.url).toBe('/openai/v1/audio/transcriptions');
    expect(seen[0]?.body).toMatch(/name="url"\r\n\r\nhttps:\/\/a\.test\/b\.mp3/u);
    expect(seen[0]?.body).toMatch(/name="response_format"\r\n\r\nverbose_json/u);
    expect(answer).toMatchObject({
      language: 'English',
      durationSeconds: 1.5,
      subtitles: '1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n',
    });
    const dropped = answer.meta.warnings?.map(({ setting }) => setting).toSorted();
    expect(dropped).toEqual(['diarize', 'logprobs']);
  });

  it('is spoken to and heard by Groq’s own client', async () => {
    const spoken = await own.audio.speech.create({
      model: 'sim-speech',
      input: SAID,
      voice: 'hannah',
      response_format: 'wav',
    });
    const wav = Buffer.from(await spoken.arrayBuffer());
    const file = await toFile(wav, 'said.wav');
    const heard = await own.audio.transcriptions.create({ model: 'sim-transcribe', file });
    expect(heard).toEqual({ text: SAID, x_groq: { id: expect.any(String) } });
    const translated = await own.audio.translations.create({
      model: 'sim-transcribe' as 'whisper-large-v3',
      file,
    });
    expect(translated.text).toBe(SAID);
  });
});
