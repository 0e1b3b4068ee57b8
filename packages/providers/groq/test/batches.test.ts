import { createClient, systemClock } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import Groq, { toFile } from 'groq-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGroq } from '../src/index.js';

// The clock of batches stands still until it is advanced, so that a slow machine changes nothing.
const began = Date.now();
let ahead = 0;
const clock = { ...systemClock, wallTime: () => began + ahead };
let simulator: Simulator;

beforeAll(async () => {
  simulator = createSimulator({ clock });
  await simulator.listen();
});
afterAll(() => simulator.close());

const body = (content: string): object => ({
  model: 'sim-chat',
  messages: [{ role: 'user', content }],
});

describe('Groq’s batches', () => {
  it('are held to the truth by its own client', async () => {
    const baseURL = simulator.baseUrls.groq;
    const client = new Groq({ baseURL, apiKey: 'gsk_simulated', maxRetries: 0 });
    const url = '/v1/chat/completions';
    const lines = ['a', 'b'].map((id) =>
      JSON.stringify({ custom_id: id, method: 'POST', url, body: body(id) }),
    );
    const file = await client.files.create({
      file: await toFile(Buffer.from(lines.join('\n')), 'batch.jsonl'),
      purpose: 'batch',
    });
    expect((await client.files.info(file.id ?? '')).bytes).toBe(file.bytes);
    const batch = await client.batches.create({
      input_file_id: file.id ?? '',
      endpoint: url,
      completion_window: '24h',
    });
    ahead += 100;
    const done = await client.batches.retrieve(batch.id);
    expect(done).toMatchObject({ status: 'completed', request_counts: { completed: 2 } });
    expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([batch.id]);
    const text = await (await client.files.content(done.output_file_id ?? '')).text();
    const answers = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { response: { body: Groq.Chat.ChatCompletion } });
    expect(answers.map(({ response }) => response.body.x_groq?.id)).not.toContain(undefined);
    expect(await client.files.delete(file.id ?? '')).toMatchObject({ deleted: true });
    await expect(client.batches.cancel(batch.id)).rejects.toMatchObject({ status: 409 });
  });

  it('are ordered, read and cancelled by the adapter, whose other operations the client runs', async () => {
    const provider = createGroq({ apiKey: 'gsk_simulated', baseUrl: simulator.baseUrls.groq });
    const client = createClient({
      providers: [provider],
      batch: { prices: simulator.priceBook },
    });
    const items = ['a', 'b'].map((id) => ({
      id,
      messages: [{ role: 'user' as const, content: `Say ${id}.` }],
    }));
    const job = await client.batch.create({ model: 'groq/sim-reasoner', items });
    ahead += 100;
    expect((await client.batch.wait(job.id)).status).toBe('completed');
    const outcomes = [];
    for await (const outcome of client.batch.results(job.id)) outcomes.push(outcome);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'succeeded',
        usage: { outputTokens: expect.any(Number) },
        // Its discount is not one figure that it publishes.
        cost: { known: false, reason: 'no-price' },
      });
      if (outcome.status !== 'succeeded') continue;
      expect(outcome.result.message.content[0]).toMatchObject({ type: 'reasoning' });
    }
    const other = await client.batch.create({ model: 'groq/sim-reasoner', items });
    ahead += 31;
    await client.batch.cancel(other.id);
    ahead += 100;
    expect((await client.batch.wait(other.id)).status).toBe('cancelled');
    const embed = await client.batch.create({
      model: 'groq/sim-embed',
      operation: 'embed',
      items: [{ input: 'a' }],
    });
    expect(embed.id).toMatch(/^local\//u);
    expect(await client.batch.wait(embed.id)).toMatchObject({ counts: { succeeded: 1 } });
    await client.close();
  });
});
