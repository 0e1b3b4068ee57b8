import { createClient, InferwayError, type Client } from '@inferway/core';
import { undiciTransport, type Transport } from '@inferway/provider-kit';
import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFireworks } from '../src/index.js';
import { asked } from './support/asked.js';

let simulator: Simulator;
let client: Client<ReturnType<typeof createFireworks>>;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  const baseUrl = simulator.baseUrls.fireworks;
  const audioBaseUrl = new URL('/fireworks/v1', baseUrl).href;
  client = createClient({
    providers: [createFireworks({ apiKey: 'fw_any', baseUrl, audioBaseUrl })],
  });
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

/** Speech of the simulator, since Fireworks has none. */
async function speech(): Promise<Buffer> {
  const spoken = await fetch(`${simulator.baseUrls.openai}/audio/speech`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-any', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-speech', voice: 'a', input: SAID, response_format: 'wav' }),
  });
  return Buffer.from(await spoken.arrayBuffer());
}

const SAID = 'One. Two and three.';
const DOCUMENTS = ['The sea is deep.', 'Harbours shelter ships.', 'Bread is baked.'];

describe('Rankings', () => {
  it('come as `data`, of texts alone', async () => {
    const { seen, answer } = await asked(
      {
        object: 'list',
        model: 'm',
        data: [
          { index: 1, relevance_score: 0.2 },
          { index: 0, relevance_score: 0.9 },
        ],
        usage: { prompt_tokens: 12, total_tokens: 12, completion_tokens: 0 },
      },
      (provider) =>
        provider.rerank({
          model: 'fireworks/fireworks/qwen3-reranker-8b',
          query: 'deep',
          documents: [{ title: 'a', text: 'The sea' }, 'A hill'],
          rankFields: ['title', 'text'],
          maxTokensPerDocument: 100,
        }),
    );
    expect(seen[0]?.url).toMatch(/\/v1\/rerank$/u);
    expect(seen[0]?.body).toEqual({
      model: 'fireworks/qwen3-reranker-8b',
      query: 'deep',
      documents: ['a\nThe sea', 'A hill'],
    });
    expect(answer.results.map(({ index }) => index)).toEqual([0, 1]);
    expect(answer.usage).toMatchObject({ inputTokens: 12 });
    expect(answer.meta.warnings).toMatchObject([{ setting: 'maxTokensPerDocument' }]);
  });

  it('are made by the simulator', async () => {
    const ranked = await client.rerank({
      model: 'fireworks/accounts/fireworks/models/sim-rerank',
      query: 'deep sea',
      documents: DOCUMENTS,
      topN: 1,
      returnDocuments: true,
    });
    expect(ranked.results).toMatchObject([{ index: 0, document: DOCUMENTS[0] }]);
  });
});

describe('Transcriptions', () => {
  it('are at an address of their own', async () => {
    const audio = await speech();
    const heard = await client.transcribe({
      model: 'fireworks/sim-transcribe',
      audio,
      timestamps: ['word'],
      diarize: true,
    });
    expect(heard).toMatchObject({ text: SAID, segments: [{ speaker: 'A' }, { speaker: 'B' }] });
    const subtitled = await client.transcribe({
      model: 'fireworks/sim-transcribe',
      audio,
      subtitles: 'vtt',
    });
    expect(subtitled.subtitles).toMatch(/^WEBVTT/u);
    const own = new OpenAI({
      baseURL: new URL('/fireworks/v1', simulator.baseUrls.fireworks).href,
      apiKey: 'fw_any',
      maxRetries: 0,
    });
    const file = await toFile(audio, 'said.wav');
    const { text } = await own.audio.transcriptions.create({ model: 'sim-transcribe', file });
    expect(text).toBe(SAID);
  });

  it.each([
    ['whisper-v3', 'audio-prod.'],
    ['whisper-v3-turbo', 'audio-turbo.'],
  ])('of %s go to its host', async (model, host) => {
    vi.stubEnv('FIREWORKS_BASE_URL', undefined);
    const sent: string[] = [];
    const inner = undiciTransport();
    const transport: Transport = {
      exchange: (request) => {
        sent.push(request.origin + request.path);
        return Promise.reject(new InferwayError('connection', { message: 'No network in tests.' }));
      },
      close: () => inner.close(),
    };
    const fireworks = createFireworks({ apiKey: 'fw_any', transport });
    const offline = createClient({ providers: [fireworks] });
    const call = offline.transcribe({
      model: `fireworks/${model}`,
      audio: new Uint8Array([82, 73, 70, 70]),
    });
    await expect(call).rejects.toMatchObject({ code: 'connection' });
    expect(sent[0]).toBe(
      `https://${host}us-virginia-1.direct.fireworks.ai/v1/audio/transcriptions`,
    );
    await offline.close();
    vi.unstubAllEnvs();
  });
});
