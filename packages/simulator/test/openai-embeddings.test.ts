import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';

let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
  client = new OpenAI({
    baseURL: simulator.baseUrls.openai,
    apiKey: 'sk-test-abcd1234',
    maxRetries: 0,
  });
});

afterEach(() => simulator.close());

const dot = (one: readonly number[] = [], two: readonly number[] = []): number =>
  one.reduce((sum, value, index) => sum + value * (two[index] ?? 0), 0);

describe('the official OpenAI client, embeddings', () => {
  it('gets the same unit vectors as floats and as base64', async () => {
    const input = ['a harbour at night', 'an unrelated recipe'];
    // The client asks for base64 by itself and decodes it.
    const packed = await client.embeddings.create({ model: 'sim-embed', input });
    const plain = await client.embeddings.create({
      model: 'sim-embed',
      input,
      encoding_format: 'float',
    });
    expect(packed.data.map((entry) => entry.embedding)).toEqual(
      plain.data.map((entry) => entry.embedding),
    );
    expect(simulator.requests.at(0)?.body).toHaveProperty('encoding_format', 'base64');
    expect(plain.data.map((entry) => entry.index)).toEqual([0, 1]);
    for (const { embedding } of plain.data) {
      expect(embedding).toHaveLength(256);
      expect(dot(embedding, embedding)).toBeCloseTo(1, 5);
    }
  });

  it('gets as many dimensions as asked for', async () => {
    const answer = await client.embeddings.create({
      model: 'sim-embed',
      input: 'x',
      dimensions: 33,
    });
    expect(answer.data[0]?.embedding).toHaveLength(33);
  });

  it('finds similar texts nearer to each other', async () => {
    const answer = await client.embeddings.create({
      model: 'sim-embed',
      input: [
        'The ship enters the harbour at night.',
        'A ship is entering a harbour by night.',
        'Bread needs flour, water, salt and time.',
      ],
    });
    const [one, two, three] = answer.data.map((entry) => entry.embedding);
    expect(dot(one, two)).toBeGreaterThan(dot(one, three) + 0.2);
  });

  it('gets a vector also for a text without words, another one for another', async () => {
    const answer = await client.embeddings.create({ model: 'sim-embed', input: ['!', '?'] });
    const [one, two] = answer.data.map((entry) => entry.embedding);
    expect(dot(one, one)).toBeCloseTo(1, 5);
    expect(one).not.toEqual(two);
  });

  it('is billed for input alone', async () => {
    const answer = await client.embeddings.create({
      model: 'sim-embed',
      input: ['one two', 'three'],
    });
    expect(answer.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
    expect(simulator.bill.entries.at(-1)).toMatchObject({ operation: 'embed', cost: 3 * 20 });
  });

  it('is refused by a chat model, and a chat by the embedding model', async () => {
    await expect(client.embeddings.create({ model: 'sim-chat', input: 'x' })).rejects.toMatchObject(
      { status: 404 },
    );
    await expect(
      client.chat.completions.create({
        model: 'sim-embed',
        messages: [{ role: 'user', content: 'x' }],
      }),
    ).rejects.toMatchObject({ status: 404 });
  });
});

describe('the official OpenAI client, completions', () => {
  it('continues a text, streamed and whole alike', async () => {
    const body = { model: 'sim-chat', prompt: 'Once upon a canary-77af', max_tokens: 40 };
    const whole = await client.completions.create(body);
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'length', index: 0 });
    expect(whole.choices[0]?.text).toContain('canary-77af');
    expect(whole.usage?.completion_tokens).toBe(40);
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    const stream = await client.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.text ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.text);
    expect(usage).toEqual(whole.usage);
  });

  it('repeats the prompt, gives several choices and log probabilities', async () => {
    const answer = await client.completions.create({
      model: 'sim-chat',
      prompt: 'Say it',
      echo: true,
      n: 2,
      logprobs: 2,
      max_tokens: 5,
    });
    expect(answer.choices).toHaveLength(2);
    for (const choice of answer.choices) {
      expect(choice.text).toMatch(/^Say it Simulated/);
      const { tokens = [], token_logprobs = [], text_offset = [] } = choice.logprobs ?? {};
      expect(token_logprobs).toHaveLength(5);
      expect(choice.text.slice(text_offset[0])).toBe(tokens.join(''));
    }
    const stream = await client.completions.create({
      model: 'sim-chat',
      prompt: 'Say it',
      echo: true,
      logprobs: 2,
      max_tokens: 5,
      stream: true,
    });
    const offsets: number[] = [];
    for await (const chunk of stream)
      offsets.push(...(chunk.choices[0]?.logprobs?.text_offset ?? []));
    expect(offsets).toEqual(answer.choices[0]?.logprobs?.text_offset);
  });
});
