import { formatUsd, systemClock } from '@inferway/core';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';

const DAY_MS = 86_400_000;
let time = Date.now();
/** Milliseconds that go by at each look at the clock. */
let drift = 0;
// Stands still until it is advanced, so that a slow machine changes nothing.
const clock = {
  ...systemClock,
  wallTime: () => (time += drift),
  advance(ms: number) {
    time += ms;
  },
};
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  drift = 0;
  simulator = createSimulator({ clock });
  await simulator.listen();
  client = connect('sk-batch-one');
});

afterEach(() => simulator.close());

function connect(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey, maxRetries: 0 });
}

const line = (id: string, body: object, url = '/v1/chat/completions'): string =>
  JSON.stringify({ custom_id: id, method: 'POST', url, body });
const chat = (id: string, content = `Say ${id}.`, more: object = {}): string =>
  line(id, { model: 'sim-chat', messages: [{ role: 'user', content }], ...more });

async function upload(lines: readonly string[]): Promise<string> {
  const file = await toFile(Buffer.from(lines.join('\n')), 'batch.jsonl');
  return (await client.files.create({ file, purpose: 'batch' })).id;
}

async function order(
  lines: readonly string[],
  endpoint: OpenAI.BatchCreateParams['endpoint'] = '/v1/chat/completions',
  options: object = {},
): Promise<OpenAI.Batch> {
  const input_file_id = await upload(lines);
  const params = {
    input_file_id,
    endpoint,
    completion_window: '24h',
    metadata: { run: '7' },
  } as const;
  return client.batches.create(params, options);
}

interface Line {
  readonly custom_id: string;
  readonly response: {
    status_code: number;
    request_id: string;
    body: Record<string, never>;
  } | null;
  readonly error: { code: string } | null;
}

async function linesOf(id: string | undefined): Promise<Line[]> {
  const text = await (await client.files.content(id ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as Line);
}

describe('the official OpenAI client, files', () => {
  it('uploads, lists, reads and deletes', async () => {
    const id = await upload([chat('a'), chat('b')]);
    expect(await client.files.retrieve(id)).toMatchObject({
      object: 'file',
      filename: 'batch.jsonl',
      purpose: 'batch',
      bytes: [chat('a'), chat('b')].join('\n').length,
    });
    expect(await (await client.files.content(id)).text()).toBe(`${chat('a')}\n${chat('b')}`);
    const other = await client.files.create({
      file: await toFile(Buffer.from('x'), 'x.txt'),
      purpose: 'user_data',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    });
    const names: string[] = [];
    for await (const file of client.files.list({ limit: 1 })) names.push(file.filename);
    expect(names).toEqual(['x.txt', 'batch.jsonl']);
    const batches: string[] = [];
    for await (const file of client.files.list({ purpose: 'batch' })) batches.push(file.id);
    expect(batches).toEqual([id]);
    clock.advance(3_600_001);
    await expect(client.files.retrieve(other.id)).rejects.toBeInstanceOf(NotFoundError);
    expect(await client.files.delete(id)).toMatchObject({ id, deleted: true });
    await expect(client.files.content(id)).rejects.toThrow(/No such File object/u);
  });

  it('are seen with the key alone that uploaded them', async () => {
    const id = await upload([chat('a')]);
    await expect(connect('sk-batch-two').files.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('the official OpenAI client, batches', () => {
  it('go on by the clock, and are billed at half the price', async () => {
    const batch = await order([chat('a'), chat('b'), chat('c', 'no', { temperature: 7 })]);
    expect(batch).toMatchObject({ status: 'validating', metadata: { run: '7' } });
    clock.advance(31);
    expect(await client.batches.retrieve(batch.id)).toMatchObject({
      status: 'in_progress',
      request_counts: { total: 3, completed: 1, failed: 0 },
      output_file_id: null,
    });
    clock.advance(20);
    expect((await client.batches.retrieve(batch.id)).status).toBe('finalizing');
    clock.advance(20);
    const done = await client.batches.retrieve(batch.id);
    expect(done).toMatchObject({
      status: 'completed',
      request_counts: { total: 3, completed: 2, failed: 1 },
    });
    const answered = await linesOf(done.output_file_id);
    // Not in the order of the requests.
    expect(answered.map(({ custom_id }) => custom_id)).toEqual(['b', 'a']);
    for (const { response } of answered) {
      if (response === null) throw new Error('A line has no response.');
      const { usage } = response.body as unknown as OpenAI.ChatCompletion;
      const billed = simulator.bill.of(response.request_id);
      const [input, output] = [usage?.prompt_tokens ?? 0, usage?.completion_tokens ?? 0];
      expect(input).toBeGreaterThan(0);
      expect(formatUsd(billed?.cost ?? 0)).toBe(formatUsd((input * 2500 + output * 10_000) / 2));
    }
    expect(await linesOf(done.error_file_id)).toMatchObject([
      { custom_id: 'c', response: { status_code: 400, body: { error: { param: 'temperature' } } } },
    ]);
    const listed: string[] = [];
    for await (const one of client.batches.list()) listed.push(one.id);
    expect(listed).toEqual([batch.id]);
  });

  it('are told as of one moment: what is completed has run all of its items', async () => {
    for (drift of [1, 3, 9, 11, 19, 23]) {
      const { id } = await order([chat('a'), chat('b'), chat('c')]);
      let seen = await client.batches.retrieve(id);
      while (seen.status !== 'completed') seen = await client.batches.retrieve(id);
      expect([drift, seen.request_counts?.completed, seen.output_file_id]).toEqual([
        drift,
        3,
        expect.any(String),
      ]);
    }
  });

  it('take responses, completions and embeddings too', async () => {
    const orders = [
      ['/v1/responses', { model: 'sim-chat', input: 'Say a.' }],
      ['/v1/completions', { model: 'sim-chat', prompt: 'Say a.' }],
      ['/v1/embeddings', { model: 'sim-embed', input: ['a', 'b'] }],
    ] as const;
    for (const [endpoint, body] of orders) {
      const { id } = await order([line('a', body, endpoint)], endpoint);
      clock.advance(100);
      const done = await client.batches.retrieve(id);
      expect(done).toMatchObject({ status: 'completed', request_counts: { completed: 1 } });
      expect(await linesOf(done.output_file_id)).toMatchObject([
        { custom_id: 'a', response: { status_code: 200 } },
      ]);
    }
  });

  it('end when they are cancelled, and say what was not run', async () => {
    const batch = await order(['a', 'b', 'c', 'd'].map((id) => chat(id)));
    clock.advance(31);
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling');
    clock.advance(20);
    const ended = await client.batches.retrieve(batch.id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { completed: 2 } });
    expect(await linesOf(ended.output_file_id)).toHaveLength(2);
    expect((await linesOf(ended.error_file_id)).map(({ error }) => error?.code)).toEqual([
      'batch_cancelled',
      'batch_cancelled',
    ]);
    expect(simulator.bill.count).toBe(2);
  });

  it('expire where the fault says so', async () => {
    const headers = { 'x-simulate-fault': 'batch-expires' };
    const batch = await order(
      ['a', 'b'].map((id) => chat(id)),
      '/v1/chat/completions',
      { headers },
    );
    clock.advance(100);
    const ended = await client.batches.retrieve(batch.id);
    expect(ended.status).toBe('expired');
    expect(await linesOf(ended.error_file_id)).toMatchObject([
      { custom_id: 'b', response: null, error: { code: 'batch_expired' } },
    ]);
    clock.advance(31 * DAY_MS);
    await expect(client.files.content(ended.output_file_id ?? '')).rejects.toThrow(NotFoundError);
  });

  it('fail as a whole for a file that breaks a rule, by its line', async () => {
    const bad = [
      chat('a'),
      chat('a'),
      '{"custom_id": "b"',
      line('c', { model: 'sim-mini', messages: [] }),
      line('d', { model: 'sim-chat' }, '/v1/embeddings'),
    ];
    const { id } = await order(bad);
    clock.advance(10);
    const failed = await client.batches.retrieve(id);
    expect(failed.status).toBe('failed');
    expect(failed.errors?.data?.map(({ code, line: number }) => [code, number])).toEqual([
      ['duplicate_custom_id', 2],
      ['invalid_json_line', 3],
      ['mismatched_model', 4],
      ['mismatched_endpoint', 5],
    ]);
    await expect(client.batches.cancel(id)).rejects.toMatchObject({ status: 409 });
    await expect(client.batches.retrieve('batch_none')).rejects.toBeInstanceOf(NotFoundError);
    const wrong = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    await expect(
      client.batches.create({ ...wrong, input_file_id: 'file-none' }),
    ).rejects.toMatchObject({ status: 400 });
  });
});
