import { createClient, systemClock } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import Together from 'together-ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTogether } from '../src/index.js';

// The clock of batches stands still until it is advanced, so that a slow machine changes nothing.
const began = Date.now();
let ahead = 0;
const clock = { ...systemClock, wallTime: () => began + ahead };
let simulator: Simulator;
let provider: ReturnType<typeof createTogether>;

beforeAll(async () => {
  simulator = createSimulator({ clock });
  await simulator.listen();
  provider = createTogether({ apiKey: 'simulated-key', baseUrl: simulator.baseUrls.together });
});
afterAll(async () => {
  await provider.close?.();
  await simulator.close();
});

const items = ['a', 'b', 'c', 'd'].map((id) => ({
  id,
  messages: [{ role: 'user' as const, content: `Say ${id}.` }],
}));

describe('Together’s batches', () => {
  it('are held to the truth by its own client', async () => {
    const baseURL = simulator.baseUrls.together;
    const client = new Together({ baseURL, apiKey: 'simulated-key', maxRetries: 0 });
    const lines = items.map(({ id, messages }) =>
      JSON.stringify({ custom_id: id, body: { model: 'sim-chat', messages } }),
    );
    // Its own upload fails on today's Node (0.52: no `extname` as an ES module, no `duplex` otherwise).
    const file = await provider.files.upload(Buffer.from(lines.join('\n')), {
      purpose: 'batch-api',
      name: 'batch.jsonl',
    });
    expect(await client.files.retrieve(file.id)).toMatchObject({ filename: 'batch.jsonl' });
    const { job } = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
    });
    expect(job?.status).toBe('VALIDATING');
    ahead += 31;
    expect(await client.batches.retrieve(job?.id ?? '')).toMatchObject({
      status: 'IN_PROGRESS',
      progress: 50,
    });
    ahead += 100;
    const done = await client.batches.retrieve(job?.id ?? '');
    expect(done).toMatchObject({ status: 'COMPLETED', progress: 100, model_id: 'sim-chat' });
    expect((await client.batches.list()).map(({ id }) => id)).toEqual([job?.id]);
    const text = await (await client.files.content(done.output_file_id ?? '')).text();
    expect(text.trim().split('\n')).toHaveLength(4);
    await expect(client.batches.cancel(job?.id ?? '')).rejects.toMatchObject({ status: 409 });
  });

  it('are ordered and read by the adapter, items that were never run included', async () => {
    const client = createClient({ providers: [provider] });
    const job = await client.batch.create({
      model: 'together/sim-chat',
      items,
      metadata: { night: '1' },
    });
    expect(job).toMatchObject({
      id: expect.stringMatching(/^together\/batch_/u),
      status: 'pending',
      operation: 'chat',
      warnings: [{ setting: 'metadata' }],
    });
    ahead += 31;
    expect((await client.batch.status(job.id)).status).toBe('running');
    await client.batch.cancel(job.id);
    ahead += 100;
    expect(await client.batch.wait(job.id)).toMatchObject({
      status: 'cancelled',
      endedAt: expect.any(Number),
    });
    const outcomes = [];
    for await (const outcome of client.batch.results(job.id)) outcomes.push(outcome);
    // It lists no items that were not run.
    expect(outcomes.map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'cancelled',
      'cancelled',
    ]);
  });
});
