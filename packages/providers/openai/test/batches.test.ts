import { createClient, InferwayError, systemClock, type ClientBatchOutcome } from '@inferway/core';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

// The clock of batches stands still until it is advanced, so that a slow machine changes nothing.
const began = Date.now();
let ahead = 0;
const clock = {
  ...systemClock,
  wallTime: () => began + ahead,
};
let simulator: Simulator;
let provider: ReturnType<typeof createOpenAI>;

beforeAll(async () => {
  simulator = createSimulator({ clock });
  await simulator.listen();
  provider = createOpenAI({ apiKey: 'sk-simulated-key', baseUrl: simulator.baseUrls.openai });
});
afterEach(() => simulator.bill.clear());
afterAll(async () => {
  await provider.close?.();
  await simulator.close();
});

function connect() {
  return createClient({ providers: [provider], batch: { prices: simulator.priceBook } });
}

const ask = (content: string, more: object = {}) => ({
  messages: [{ role: 'user' as const, content }],
  ...more,
});

async function all<O>(outcomes: AsyncIterable<O>): Promise<O[]> {
  const list: O[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

describe('OpenAI’s batches', () => {
  it('are ordered, waited for and read, at half of the price', async () => {
    const client = connect();
    const job = await client.batch.create({
      model: 'openai/sim-chat',
      items: [
        { id: 'plain', ...ask('Say something about harbours.') },
        {
          id: 'typed',
          ...ask('Which city?'),
          output: { type: 'json-schema', name: 'city', schema } as const,
        },
        { id: 'long', ...ask('word '.repeat(250_000)) },
      ],
      metadata: { night: '1' },
    });
    expect(job).toMatchObject({
      status: 'pending',
      operation: 'chat',
      model: 'sim-chat',
      counts: { total: 3 },
      metadata: { night: '1' },
    });
    expect(job.id).toMatch(/^openai\/batch_/u);
    const early = await all(client.batch.results(job.id)).catch((reason: unknown) => reason);
    expect(early).toMatchObject({ code: 'conflict', provider: 'openai' });
    ahead += 100;
    expect(await client.batch.wait(job.id, { everyMs: 1 })).toMatchObject({
      status: 'completed',
      counts: { total: 3, succeeded: 2, failed: 1 },
    });
    const outcomes = await all(client.batch.results(job.id));
    const by = Object.fromEntries(outcomes.map((outcome) => [outcome.id, outcome]));
    const { plain, typed, long } = by as Record<string, ClientBatchOutcome<'chat', 'json'>>;
    if (plain?.status !== 'succeeded' || typed?.status !== 'succeeded') throw new Error('not run');
    expect(plain.result.text).toMatch(/^Simulated/u);
    expect(typed.result.parsed).toEqual({ city: expect.any(String) });
    for (const { cost, requestId, usage } of [plain, typed]) {
      const billed = simulator.bill.of(requestId ?? '');
      expect(usage).toMatchObject({ inputTokens: billed?.usage.inputTokens });
      expect(cost).toEqual({ known: true, total: billed?.cost, source: 'price' });
    }
    expect(long).toMatchObject({
      status: 'failed',
      error: { code: 'context_length', status: 400, provider: 'openai' },
    });
  });

  it('go by the API that the model takes, all items by one', async () => {
    const client = connect();
    const api = (name: 'responses' | 'chat-completions') => ({
      providerOptions: { openai: { api: name } },
    });
    const job = await client.batch.create({
      model: 'openai/sim-chat',
      items: [{ ...ask('Say a.'), ...api('responses') }],
    });
    ahead += 100;
    const [outcome] = await all(client.batch.results(job.id));
    expect(outcome).toMatchObject({
      status: 'succeeded',
      result: { id: expect.stringMatching(/^resp_/u) },
    });
    const mixed = await client.batch
      .create({
        model: 'openai/sim-chat',
        items: [
          { ...ask('a'), ...api('responses') },
          { ...ask('b'), ...api('chat-completions') },
        ],
      })
      .catch((reason: unknown) => InferwayError.from(reason));
    expect(mixed).toMatchObject({
      code: 'invalid_request',
      param: 'items[1]',
      message: expect.stringContaining('/v1/responses'),
    });
  });

  it('hold completions and embeddings; what they do not hold the client runs', async () => {
    const client = connect();
    const embed = await client.batch.create({
      model: 'openai/sim-embed',
      operation: 'embed',
      items: [{ input: ['a', 'b'] }],
    });
    const complete = await client.batch.create({
      model: 'openai/sim-chat',
      operation: 'complete',
      items: [{ prompt: 'Say a.' }],
    });
    const count = await client.batch.create({
      model: 'openai/sim-chat',
      operation: 'countTokens',
      items: [ask('How many?')],
    });
    expect(count.id).toMatch(/^local\//u);
    ahead += 100;
    const results = await Promise.all(
      [embed, complete, count].map(async ({ id }) => all(client.batch.results(id as string))),
    );
    expect(results.flat()).toMatchObject([
      { result: { embeddings: [expect.any(Array), expect.any(Array)] } },
      { result: { text: expect.any(String) } },
      { result: { inputTokens: expect.any(Number) } },
    ]);
  });

  it('tell of items that were cancelled, in a process that did not order them', async () => {
    const first = connect();
    const { id } = await first.batch.create({
      model: 'openai/sim-chat',
      items: ['a', 'b', 'c', 'd'].map((name) => ({ id: name, ...ask(`Say ${name}.`) })),
    });
    ahead += 31;
    expect((await first.batch.cancel(id)).status).toBe('cancelling');
    ahead += 100;
    const later = connect();
    expect((await later.batch.wait(id)).status).toBe('cancelled');
    const outcomes = await all(later.batch.results(id));
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual([
      'cancelled',
      'cancelled',
      'succeeded',
      'succeeded',
    ]);
    const [paid] = outcomes;
    expect(paid?.cost).toMatchObject({ known: true });
  });

  it('end all at once where a file is gone, with the cure', async () => {
    const client = connect();
    const { id } = await client.batch.create({ model: 'openai/sim-chat', items: [ask('a')] });
    ahead += 100;
    await client.batch.wait(id);
    ahead += 31 * 86_400_000;
    const gone = await all(client.batch.results(id)).catch((reason: unknown) => reason);
    expect(gone).toMatchObject({ code: 'not_found', status: 404, provider: 'openai' });
    expect((gone as Error).message).toMatch(/upload it again/u);
  });
});

describe('OpenAI’s files', () => {
  it('are uploaded, listed, read, given as inputs and deleted', async () => {
    const { files } = provider;
    const file = await files.upload(new Blob(['some text'], { type: 'text/plain' }), {
      purpose: 'user_data',
      name: 'notes.txt',
    });
    expect(file).toMatchObject({ type: 'file-id', name: 'notes.txt', bytes: 9 });
    expect(await files.get(file.id)).toEqual(file);
    const { data } = await files.content(file.id);
    expect(new TextDecoder().decode(data)).toBe('some text');
    const listed = await all(files.list({ purpose: 'user_data' }));
    expect(listed.map(({ id }) => id)).toEqual([file.id]);
    await connect().chat({
      model: 'openai/sim-chat',
      messages: [{ role: 'user', content: [{ type: 'file', file }] }],
    });
    const sent = JSON.stringify(simulator.requests.at(-1)?.body);
    expect(sent).toContain(`"file_id":"${file.id}"`);
    await files.delete(file.id);
    const gone = await files.get(file.id).catch((reason: unknown) => InferwayError.from(reason));
    expect(gone).toMatchObject({ code: 'not_found', status: 404, provider: 'openai' });
    expect((gone as InferwayError).requestId).toMatch(/^req_/u);
    expect((gone as InferwayError).message).toMatch(/expired: upload it again/u);
  });

  it('refuse what is no file and no id, and a wrong key, typed', async () => {
    const { files } = provider;
    const code = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'none',
        (reason: unknown) => InferwayError.from(reason).code,
      );
    expect(await code(files.upload('https://example.org/a.txt', { purpose: 'vision' }))).toBe(
      'invalid_request',
    );
    expect(await code(files.get('../models'))).toBe('invalid_request');
    expect(await code(files.get('file-1', { signal: AbortSignal.abort() }))).toBe('aborted');
  });
});
