import { createClient } from '@inferway/core';
import { cost, timeout } from '@inferway/core/middleware';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAICompatible } from '../src/index.js';

let simulator: Simulator;
let client: ReturnType<typeof connect>;

function connect() {
  const local = createOpenAICompatible({
    name: 'local',
    baseUrl: simulator.baseUrls.openai,
    apiKey: 'any',
  });
  return createClient({
    providers: [local],
    middleware: [cost({ prices: simulator.priceBook }), timeout()],
  });
}

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = connect();
});
afterAll(async () => {
  await client.close();
  await simulator.close();
});

describe('against the simulator', () => {
  it('chats, completes and embeds at the price that is billed', async () => {
    const chat = await client.chat({
      model: 'local/sim-chat',
      messages: [{ role: 'user', content: 'Write 30 words.' }],
    });
    const streamed = await client.complete.stream({ model: 'local/sim-mini', prompt: 'The sea' });
    const completed = await streamed.result;
    const embedded = await client.embed({ model: 'local/sim-embed', input: ['a', 'b'] });
    expect(chat.text).not.toBe('');
    expect(completed.text).not.toBe('');
    expect(embedded.embeddings).toHaveLength(2);
    for (const answer of [chat, completed, embedded]) {
      const billed = simulator.bill.of(answer.meta.requestId ?? '');
      expect(billed).toBeDefined();
      expect(answer.cost).toMatchObject({ known: true, total: billed?.cost });
    }
  });

  it('draws, speaks, hears, ranks and moderates at the price that is billed', async () => {
    const image = await client.image({ model: 'local/sim-image', prompt: 'a', size: '16x16' });
    const speech = await client.speech({ model: 'local/sim-speech', text: 'Hello.', voice: 'v' });
    const { audio } = speech;
    const heard = await client.transcribe({ model: 'local/sim-transcribe', audio });
    const ranked = await client.rerank({
      model: 'local/sim-rerank',
      query: 'tide',
      documents: ['sand', { text: 'the tide' }],
      topN: 1,
      returnDocuments: true,
    });
    expect(image.images).toHaveLength(1);
    expect(heard.text).toBe('Hello.');
    expect(ranked.results).toEqual([{ index: 1, score: 1, document: { text: 'the tide' } }]);
    for (const answer of [image, speech, heard, ranked]) {
      const billed = simulator.bill.of(answer.meta.requestId ?? '');
      expect(answer.cost).toMatchObject({ known: true, total: billed?.cost });
      expect(billed?.cost).toBeGreaterThan(0);
    }
    const judged = await client.raw({
      model: 'local/sim-moderation',
      path: 'moderations',
      json: { input: 'quiet' },
    });
    expect(judged.json).toMatchObject({ results: [{ flagged: false }] });
  });

  it('shows reasoning that a model shows, and takes it back', async () => {
    const ask = [{ role: 'user', content: 'Why is the sky blue?' }] as const;
    const first = await client.chat({ model: 'local/sim-reasoner', messages: ask });
    expect(first.message.content.map(({ type }) => type)).toContain('reasoning');
    const again = await client.chat({
      model: 'local/sim-reasoner',
      messages: [...ask, first.message, { role: 'user', content: 'Sure?' }],
    });
    expect(again.text).not.toBe('');
  });

  it('lists what is served', async () => {
    const { models } = await client.models();
    expect(models.map(({ id }) => id)).toEqual(
      expect.arrayContaining(simulator.models.map(({ id }) => id)),
    );
  });
});
