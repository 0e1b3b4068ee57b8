import {
  createClient,
  InferwayError,
  systemClock,
  type BatchContext,
  type BatchJob,
  type BatchOutcome,
  type ChatRequest,
  type ProviderBatch,
} from '@inferway/core';
import { json, loopback, type Answer, type Loopback } from '@inferway/provider-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createAnthropic } from '../src/index.js';
import { simulated } from './support/simulated.js';

const here = simulated();
const open: { close?(): Promise<void> | undefined }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close?.()));
});

const context = (signal: AbortSignal = new AbortController().signal): BatchContext => ({
  runtime: { clock: systemClock, traits: () => undefined },
  signal,
});
const model = { provider: 'anthropic', id: 'sim-claude' };
const hello: ChatRequest = { messages: [{ role: 'user', content: 'Hello' }] };

function batchOf(provider: { readonly batch?: ProviderBatch | undefined }): ProviderBatch {
  return provider.batch ?? (expect.unreachable() as never);
}

async function ended(batch: ProviderBatch, id: string): Promise<BatchJob> {
  let job: BatchJob | undefined;
  await expect
    .poll(async () => (job = await batch.status(id, context())).status)
    .not.toMatch(/^(?:running|cancelling|pending)$/u);
  return job ?? (expect.unreachable() as never);
}

async function outcomes(batch: ProviderBatch, id: string): Promise<Record<string, BatchOutcome>> {
  const all: Record<string, BatchOutcome> = {};
  for await (const outcome of batch.results(id, context())) all[outcome.id] = outcome;
  return all;
}

async function serve(answer: Answer): Promise<{ server: Loopback; batch: ProviderBatch }> {
  const server = await loopback(answer);
  const provider = createAnthropic({ apiKey: 'sk-ant-test', baseUrl: server.baseUrl });
  open.push(server, provider);
  return { server, batch: batchOf(provider) };
}

const JOB = {
  id: 'msgbatch_1',
  type: 'message_batch',
  processing_status: 'ended',
  request_counts: { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 },
  created_at: '2026-11-21T00:00:00Z',
  ended_at: '2026-11-21T01:00:00Z',
  expires_at: '2026-11-22T00:00:00Z',
};
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-7',
  content: [{ type: 'text', text: 'Hi.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2 },
};

describe('message batches, against the simulator', () => {
  it('are created, polled and read in any order, each result decoded or a typed error', async () => {
    const batch = batchOf(here.provider());
    const job = await batch.create(
      {
        operation: 'chat',
        model,
        items: [
          { id: 'plain', request: hello },
          { id: 'thinking', request: { ...hello, reasoning: { effort: 'low' } } },
          {
            id: 'refused',
            request: { ...hello, providerOptions: { anthropic: { max_tokens: 'x' } } },
          },
        ],
      },
      context(),
    );
    expect(job).toMatchObject({ provider: 'anthropic', status: 'running', counts: { total: 3 } });
    const done = await ended(batch, job.id);
    expect(done).toMatchObject({
      status: 'completed',
      operation: 'chat',
      counts: { total: 3, succeeded: 2, failed: 1 },
    });
    expect(done.endedAt).toBeGreaterThanOrEqual(done.createdAt ?? Infinity);
    const { plain, thinking, refused } = await outcomes(batch, job.id);
    expect(plain).toMatchObject({
      status: 'succeeded',
      result: { finishReason: { unified: 'stop' } },
      usage: { inputTokens: expect.any(Number) as number },
    });
    expect(JSON.stringify(thinking)).toContain('"type":"reasoning"');
    expect(refused).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_request', provider: 'anthropic', retryable: false },
    });
  });

  it('tell what expired and what was cancelled apart from failures', async () => {
    const items = ['a', 'b'].map((id) => ({ id, request: hello }));
    const expiring = batchOf(here.provider({ headers: { 'x-simulate-fault': 'batch-expires' } }));
    const first = await expiring.create({ operation: 'chat', model, items }, context());
    expect(await ended(expiring, first.id)).toMatchObject({
      status: 'completed',
      counts: { succeeded: 1, failed: 1 },
    });
    expect(await outcomes(expiring, first.id)).toMatchObject({
      a: { status: 'succeeded' },
      b: { status: 'expired', error: { code: 'timeout', sent: 'no' } },
    });

    const batch = batchOf(here.provider());
    const second = await batch.create({ operation: 'chat', model, items }, context());
    expect((await batch.cancel(second.id, context())).status).toBe('cancelling');
    expect((await ended(batch, second.id)).status).toBe('cancelled');
    expect(await outcomes(batch, second.id)).toMatchObject({
      a: { status: 'cancelled', error: { code: 'aborted' } },
      b: { status: 'cancelled' },
    });
  });

  it('run through a client: answers as calls give them, at half the price', async () => {
    const client = createClient({
      providers: [here.provider()],
      batch: { prices: here.simulator.priceBook },
    });
    const before = here.simulator.bill.total();
    const { id } = await client.batch.create({
      model: 'anthropic/sim-claude',
      items: [
        { id: 'a', messages: [{ role: 'user', content: 'Write 30 words.' }] },
        { id: 'b', messages: [{ role: 'user', content: 'Hello' }], reasoning: 'low' },
      ],
    });
    expect(await client.batch.wait(id, { everyMs: 5 })).toMatchObject({ status: 'completed' });
    let cost = 0;
    const texts: Record<string, string> = {};
    for await (const outcome of client.batch.results(id)) {
      if (outcome.status !== 'succeeded') return expect.unreachable();
      texts[outcome.id] = outcome.result.text;
      if (outcome.cost?.known === true) cost += outcome.cost.total;
    }
    expect(texts).toEqual({
      a: expect.stringMatching(/^Simulated/u) as string,
      b: expect.stringMatching(/^Simulated/u) as string,
    });
    expect(cost).toBe(here.simulator.bill.total() - before);
    expect(cost).toBeGreaterThan(0);
  });

  it('have no results before their end, and none where there is no such batch', async () => {
    const batch = batchOf(here.provider());
    const items = [{ id: 'a', request: hello }];
    const { id } = await batch.create({ operation: 'chat', model, items }, context());
    await expect(outcomes(batch, id)).rejects.toMatchObject({ code: 'conflict', retryable: true });
    await expect(batch.status('msgbatch_none', context())).rejects.toMatchObject({
      code: 'not_found',
      requestId: expect.stringMatching(/^req_/u) as string,
    });
  });
});

describe('message batches, on the wire', () => {
  it('send every request with what its model takes, the betas of all, and one warning of each kind', async () => {
    const { server, batch } = await serve((_, response) => json(response, 200, JOB));
    const request: ChatRequest = { ...hello, temperature: 0.5 };
    const job = await batch.create(
      {
        operation: 'chat',
        model: { provider: 'anthropic', id: 'claude-opus-4-7' },
        items: [
          { id: 'a', request },
          { id: 'b', request: { ...request, providerOptions: { anthropic: { speed: 'fast' } } } },
        ],
        metadata: { run: '1' },
      },
      context(),
    );
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/messages/batches',
      headers: { 'anthropic-beta': 'fast-mode-2026-02-01', 'x-api-key': 'sk-ant-test' },
      body: {
        requests: [
          { custom_id: 'a', params: { model: 'claude-opus-4-7', max_tokens: 32_000 } },
          { custom_id: 'b', params: { speed: 'fast' } },
        ],
      },
    });
    expect(JSON.stringify(server.seen[0]?.body)).not.toContain('temperature');
    expect(job.warnings?.map(({ setting }) => setting)).toEqual(['temperature', 'metadata']);
    expect(job).toMatchObject({ createdAt: Date.parse(JOB.created_at), status: 'completed' });
  });

  it('name the item that cannot be said, before anything is sent', async () => {
    const { server, batch } = await serve((_, response) => json(response, 200, JOB));
    const audio: ChatRequest = {
      messages: [
        {
          role: 'user',
          content: [{ type: 'audio', audio: { type: 'base64', data: '', mediaType: 'audio/wav' } }],
        },
      ],
    };
    const items = [
      { id: 'fine', request: hello },
      { id: 'spoken', request: audio },
    ];
    await expect(
      batch.create({ operation: 'chat', model, items }, context()),
    ).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('"spoken"') as string,
      param: expect.stringMatching(/^items\[1\]\.request\./u) as string,
      sent: 'no',
    });
    await expect(
      batch.create({ operation: 'embed' as 'chat', model, items: [] }, context()),
    ).rejects.toMatchObject({ code: 'unsupported' });
    expect(server.seen).toEqual([]);
  });

  it('read results as they arrive, and from nowhere but beneath the base URL', async () => {
    let finish: (() => void) | undefined;
    const line = (id: string): string =>
      `${JSON.stringify({ custom_id: id, result: { type: 'succeeded', message: MESSAGE } })}\n`;
    const { server, batch } = await serve((seen, response) => {
      if (seen.url?.endsWith('/results') !== true) {
        json(response, 200, { ...JOB, results_url: 'https://elsewhere.test/results' });
        return;
      }
      response.writeHead(200, { 'content-type': 'application/x-jsonl' });
      response.write(line('one') + line('two').slice(0, 20));
      finish = () => response.end(line('two').slice(20) + line('three').trimEnd());
    });
    const results = batch.results('msgbatch_1', context())[Symbol.asyncIterator]();
    // The first one is here while the rest is still on its way.
    expect((await results.next()).value).toMatchObject({ id: 'one', status: 'succeeded' });
    finish?.();
    expect((await results.next()).value).toMatchObject({ id: 'two' });
    expect((await results.next()).value).toMatchObject({
      id: 'three',
      result: { message: { content: [{ text: 'Hi.' }] } },
      usage: { inputTokens: 3 },
    });
    expect((await results.next()).done).toBe(true);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/v1/messages/batches/msgbatch_1',
      '/v1/messages/batches/msgbatch_1/results',
    ]);
  });

  it('are given up with the signal, and a file that was cut or is no JSON is a typed error', async () => {
    const { batch } = await serve((seen, response) => {
      if (seen.url?.endsWith('/results') !== true) return json(response, 200, JOB);
      response.writeHead(200, { 'content-type': 'application/x-jsonl' });
      return response.write('{"custom_id":"a","result":{"type":"expired"}}\n{"custom');
    });
    const stop = new AbortController();
    const results = batch.results('msgbatch_1', context(stop.signal))[Symbol.asyncIterator]();
    expect((await results.next()).value).toMatchObject({ id: 'a', status: 'expired' });
    const next = results.next();
    stop.abort(new InferwayError('aborted', { message: 'enough' }));
    await expect(next).rejects.toMatchObject({ code: 'aborted' });

    const broken = await serve((seen, response) => {
      if (seen.url?.endsWith('/results') !== true) return json(response, 200, JOB);
      return response.end('{"custom_id":');
    });
    expect(await outcomes(broken.batch, 'msgbatch_1')).toEqual({
      'msgbatch_1:1': {
        id: 'msgbatch_1:1',
        status: 'failed',
        error: expect.objectContaining({ code: 'protocol', provider: 'anthropic' }) as unknown,
      },
    });
  });

  it('keep unknown statuses and results apart from success', async () => {
    const lines = [
      { custom_id: 'new', result: { type: 'vanished' } },
      { custom_id: 'odd', result: { type: 'succeeded', message: { hello: 1 } } },
      {
        custom_id: 'busy',
        result: {
          type: 'errored',
          error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
        },
      },
      { other: true },
    ];
    const { batch } = await serve((seen, response) => {
      if (seen.url?.endsWith('/results') !== true) return json(response, 200, JOB);
      return response.end(lines.map((line) => JSON.stringify(line)).join('\n'));
    });
    expect(await outcomes(batch, 'msgbatch_1')).toMatchObject({
      new: { status: 'failed' },
      odd: { status: 'failed', error: { code: 'protocol' } },
      busy: { status: 'failed', error: { code: 'overloaded', providerCode: 'overloaded_error' } },
      'msgbatch_1:4': { status: 'failed', error: { code: 'protocol' } },
    });
    const odd = await serve((_, response) =>
      json(response, 200, { ...JOB, processing_status: 'x' }),
    );
    expect((await odd.batch.status('msgbatch_1', context())).status).toBe('pending');
    const none = await serve((_, response) => json(response, 200, {}));
    await expect(none.batch.status('msgbatch_1', context())).rejects.toMatchObject({
      code: 'protocol',
      provider: 'anthropic',
    });
  });
});
