import { createClient, type Client } from '@inferway/core';
import { streamOf } from '@inferway/provider-kit/testing';
import { createSimulator, type Simulator } from '@inferway/simulator';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVllm } from '../src/index.js';
import { asked } from './support/asked.js';

let simulator: Simulator;
let client: Client<ReturnType<typeof createVllm>>;

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  const baseUrl = simulator.baseUrls.vllm;
  client = createClient({ providers: [createVllm({ apiKey: 'token-any', baseUrl })] });
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

const SAID = 'One. Two and three.';
const DOCUMENTS = ['The sea is deep.', 'Harbours shelter ships.', 'Bread is baked.'];

/** Speech of the simulator, since vLLM has none. */
async function speech(): Promise<Buffer> {
  const spoken = await fetch(`${simulator.baseUrls.openai}/audio/speech`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-any', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-speech', voice: 'a', input: SAID, response_format: 'wav' }),
  });
  return Buffer.from(await spoken.arrayBuffer());
}

describe('Rankings', () => {
  it('come with the document asked or not, and are cut here too', async () => {
    const ranked = await client.rerank({
      model: 'vllm/sim-rerank',
      query: 'deep sea',
      documents: DOCUMENTS.map((text) => ({ text })),
      topN: 2,
    });
    expect(ranked.results).toHaveLength(2);
    expect(ranked.results[0]).toMatchObject({ index: 0, document: DOCUMENTS[0] });
    expect(ranked.results[0]?.score).toBeGreaterThan(ranked.results[1]?.score ?? 1);
  });

  it('are sent with texts alone, and a priority where one is set', async () => {
    const result = { index: 0, document: { text: 'a', multi_modal: null }, relevance_score: 0.9 };
    const answer = { id: 'rerank-1', model: 'm', usage: { total_tokens: 7 }, results: [result] };
    const { seen, answer: told } = await asked(answer, (provider) =>
      provider.rerank({
        model: 'vllm/BAAI/bge-reranker-v2-m3',
        query: 'q',
        documents: [{ text: 'a', page: 3 }],
        providerOptions: { vllm: { priority: -1 } },
      }),
    );
    expect(seen[0]).toMatchObject({
      url: '/v1/rerank',
      body: { model: 'BAAI/bge-reranker-v2-m3', documents: ['a'], priority: -1 },
    });
    expect(told.usage).toMatchObject({ inputTokens: 7 });
    expect(told.results).toEqual([{ index: 0, score: 0.9, document: 'a' }]);
  });
});

describe('Transcriptions', () => {
  it('are made of what is heard, translated too', async () => {
    const audio = await speech();
    const heard = await client.transcribe({
      model: 'vllm/sim-transcribe',
      audio,
      timestamps: ['segment'],
    });
    expect(heard).toMatchObject({ text: SAID, segments: [{ start: 0 }, {}] });
    const translated = await client.transcribe({
      model: 'vllm/sim-transcribe',
      audio,
      translate: true,
    });
    expect(translated.text).toBe(SAID);
    const streamed = await client.transcribe.stream({ model: 'vllm/sim-transcribe', audio });
    expect((await streamed.result).text).toBe(SAID);

    const baseURL = simulator.baseUrls.vllm;
    const own = new OpenAI({ baseURL, apiKey: 'token-any', maxRetries: 0 });
    const file = await toFile(audio, 'said.wav');
    expect((await own.audio.transcriptions.create({ model: 'sim-transcribe', file })).text).toBe(
      SAID,
    );
  });

  it('stream in chunks like those of chats', async () => {
    const chunk = (content: string, finish: string | null = null) => ({
      id: 'trsc-1',
      object: 'transcription.chunk',
      created: 1,
      model: 'm',
      choices: [{ delta: { content }, finish_reason: finish, stop_reason: null }],
    });
    const answer = streamOf(chunk('One. '), chunk('Two.'), chunk('', 'stop'));
    const { seen, answer: streamed } = await asked(answer, async (provider) => {
      const stream = await provider.transcribe.stream({
        model: 'vllm/openai/whisper-large-v3',
        audio: await speech(),
      });
      return stream.result;
    });
    expect(seen[0]?.body).toMatch(/name="stream"\r\n\r\ntrue/u);
    expect(streamed.text).toBe('One. Two.');
  });
});

describe('Routes for raw calls', () => {
  it('score pairs and pool', async () => {
    const scored = await client.raw({
      model: 'vllm/sim-rerank',
      path: 'score',
      json: { model: 'sim-rerank', text_1: 'deep sea', text_2: DOCUMENTS },
    });
    const { data } = scored.json as { data: { index: number; score: number }[] };
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(data[0]?.score).toBeGreaterThan(data[2]?.score ?? 1);
    const pooled = await client.raw({
      model: 'vllm/sim-embed',
      path: 'pooling',
      json: { model: 'sim-embed', input: 'a' },
    });
    expect(pooled.json).toMatchObject({ data: [{ object: 'pooling', data: expect.any(Array) }] });
  });
});
