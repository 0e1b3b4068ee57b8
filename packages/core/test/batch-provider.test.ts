import {
  createClient,
  InferwayError,
  type BatchJob,
  type BatchOrder,
  type BatchOutcome,
  type BatchStore,
  type ClientBatchOutcome,
  type Provider,
  type ProviderBatch,
} from '@inferway/core';
import { memoryBatchStore } from '@inferway/core/batch-files';
import { priceTable } from '@inferway/core/middleware';
import { fakeProvider, say, settle, virtualClock } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { errorOf } from './helpers.js';

const items = ['a', 'b', 'c'].map((id) => ({
  id,
  messages: [{ role: 'user' as const, content: id }],
}));

function succeeded(id: string): BatchOutcome<'chat'> {
  return {
    id,
    status: 'succeeded',
    result: {
      message: { role: 'assistant', content: [{ type: 'text', text: `to ${id}` }] },
      finishReason: { unified: 'stop' },
    },
    usage: { inputTokens: 1001, outputTokens: 0 },
    requestId: `r-${id}`,
  };
}

/** A provider whose batch API gives what a test says. */
function batching(script: {
  readonly outcomes?: readonly BatchOutcome[];
  readonly looks?: readonly (BatchJob['status'] | InferwayError)[];
  readonly discount?: number;
}): { provider: ReturnType<typeof made>; orders: BatchOrder[]; asked: string[] } {
  const orders: BatchOrder[] = [];
  const asked: string[] = [];
  const looks = [...(script.looks ?? [])];
  const job = (status: BatchJob['status']): BatchJob => ({ id: 'b/1', provider: 'own', status });
  const batch: ProviderBatch = {
    operations: ['chat'],
    ...(script.discount === undefined ? {} : { discount: script.discount }),
    async create(order) {
      orders.push(order as never);
      return job('pending');
    },
    async status(id) {
      asked.push(id);
      const look = looks.shift() ?? 'completed';
      if (typeof look !== 'string') throw look;
      return job(look);
    },
    async *results() {
      yield* script.outcomes ?? [];
    },
    cancel: async () => job('cancelling'),
  };
  return { provider: made(batch), orders, asked };
}

function made(
  batch: ProviderBatch,
): Provider & { readonly name: 'own' } & ReturnType<
    typeof fakeProvider<'own', 'chat' | 'complete'>
  > {
  const fake = fakeProvider({
    name: 'own',
    operations: ['chat', 'complete'],
    script: say('by a call'),
  });
  return Object.assign(fake, { batch }) as never;
}

async function all(
  outcomes: AsyncIterable<ClientBatchOutcome<'chat'>>,
): Promise<ClientBatchOutcome<'chat'>[]> {
  const list: ClientBatchOutcome<'chat'>[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

describe('a batch that the provider runs', () => {
  test('is created with prepared items, told by its id, and its results are completed', async () => {
    const { provider, orders, asked } = batching({
      outcomes: items.map(({ id }) => succeeded(id)),
    });
    const client = createClient({ providers: [provider] });
    const job = await client.batch.create({
      model: 'own/m',
      items: items.map((item) => ({ ...item, reasoning: 'low' as const })),
    });
    expect(job).toMatchObject({ id: 'own/b/1', status: 'pending' });
    expect(orders[0]).toMatchObject({
      operation: 'chat',
      model: { provider: 'own', id: 'm' },
      items: [{ id: 'a', request: { reasoning: { effort: 'low' } } }, { id: 'b' }, { id: 'c' }],
    });
    expect(await client.batch.status(job.id)).toMatchObject({ id: job.id, status: 'completed' });
    expect(asked).toEqual(['b/1']);
    expect((await client.batch.cancel(job.id)).status).toBe('cancelling');
    const outcomes = await all(client.batch.results(job.id));
    expect(outcomes).toMatchObject([
      { id: 'a', result: { text: 'to a', toolCalls: [] }, requestId: 'r-a' },
      { id: 'b' },
      { id: 'c' },
    ]);
    expect(outcomes[0]).toHaveProperty('cost', undefined);
    expect(provider.attempts).toHaveLength(0);
  });

  test('is run by the client where the provider has no batches for the operation, or when told so', async () => {
    const { provider, orders } = batching({});
    const client = createClient({ providers: [provider] });
    const chat = await client.batch.create({ model: 'own/m', items, runBy: 'client' });
    const complete = await client.batch.create({
      model: 'own/m',
      operation: 'complete',
      items: [{ prompt: 'a' }],
    });
    expect([chat.id, complete.id]).toEqual([
      expect.stringMatching(/^local\//u),
      expect.stringMatching(/^local\//u),
    ]);
    expect(await client.batch.wait(chat.id)).toMatchObject({ counts: { succeeded: 3 } });
    expect(orders).toHaveLength(0);
  });

  test('costs what the book says less the discount; without one the cost is unknown', async () => {
    const prices = priceTable({ 'own/m': { input: 1, output: 1 } });
    const outcomes = [
      succeeded('a'),
      { ...succeeded('b'), usage: { reportedCost: 7 } },
      { ...succeeded('c'), usage: undefined },
    ];
    const costs = async (discount?: number): Promise<unknown[]> => {
      const { provider } = batching({ outcomes, ...(discount === undefined ? {} : { discount }) });
      const client = createClient({ providers: [provider], batch: { prices } });
      const { id } = await client.batch.create({ model: 'own/m', items });
      return (await all(client.batch.results(id))).map(({ cost }) => cost);
    };
    expect(await costs(0.5)).toEqual([
      { known: true, total: 500_500, source: 'price' },
      { known: true, total: 7, source: 'provider' },
      { known: false, reason: 'no-usage' },
    ]);
    expect((await costs())[0]).toEqual({ known: false, reason: 'no-price' });
  });

  test('has one outcome for each item: strangers and second ones are left out, missing ones fail', async () => {
    const outcomes = [succeeded('a'), succeeded('x'), succeeded('a'), succeeded('c')];
    const { provider } = batching({ outcomes });
    const client = createClient({ providers: [provider] });
    const { id } = await client.batch.create({ model: 'own/m', items });
    const results = client.batch.results(id);
    const read = await all(results);
    expect(read.map((outcome) => [outcome.id, outcome.status])).toEqual([
      ['a', 'succeeded'],
      ['c', 'succeeded'],
      ['b', 'failed'],
    ]);
    expect(read.at(-1)).toMatchObject({ error: { code: 'empty_response', provider: 'own' } });
    expect(results.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"x", which is no item'),
      expect.stringContaining('second outcome for the item "a"'),
    ]);
  });

  test('missing items of a batch that was cancelled or expired are so too', async () => {
    for (const status of ['cancelled', 'expired'] as const) {
      const { provider } = batching({ outcomes: [succeeded('a')], looks: [status] });
      const client = createClient({ providers: [provider] });
      const { id } = await client.batch.create({ model: 'own/m', items });
      const read = await all(client.batch.results(id));
      expect(read.map((outcome) => outcome.status)).toEqual(['succeeded', status, status]);
    }
  });

  test('items are known to a later process by the store, and otherwise taken as they come', async () => {
    const store: BatchStore = memoryBatchStore();
    const outcomes = [succeeded('a'), succeeded('x')];
    const { provider } = batching({ outcomes });
    const first = createClient({ providers: [provider], batch: { store } });
    const { id } = await first.batch.create({ model: 'own/m', items });
    const ids = async (kept: BatchStore | undefined): Promise<string[]> => {
      const client = createClient({ providers: [provider], batch: { store: kept } });
      return (await all(client.batch.results(id))).map((outcome) => outcome.id);
    };
    expect(await ids(store)).toEqual(['a', 'b', 'c']);
    expect(await ids(undefined)).toEqual(['a', 'x']);
  });

  test('waiting looks again and again, also after a passing failure, and ends with its signal', async () => {
    const clock = virtualClock();
    const busy = new InferwayError('overloaded', { message: 'busy', retryAfterMs: 30_000 });
    const { provider, asked } = batching({ looks: ['running', busy, 'running', 'expired'] });
    const client = createClient({ providers: [provider], clock });
    const waiting = client.batch.wait('own/b/1', { everyMs: 1000 });
    await settle();
    expect(asked).toHaveLength(1);
    await clock.advance(1000);
    expect(asked).toHaveLength(2);
    await clock.advance(29_000);
    expect(asked).toHaveLength(2);
    await clock.advance(2000);
    expect((await waiting).status).toBe('expired');
    expect(asked).toHaveLength(4);

    const down = batching({ looks: Array<InferwayError>(9).fill(busy) });
    const other = createClient({ providers: [down.provider], clock });
    const failing = errorOf(other.batch.wait('own/b/1'));
    await clock.advance(200_000);
    expect(await failing).toMatchObject({ code: 'overloaded' });
    expect(down.asked).toHaveLength(5);

    const slow = batching({ looks: Array<BatchJob['status']>(9).fill('running') });
    const controller = new AbortController();
    const { signal } = controller;
    const client3 = createClient({ providers: [slow.provider], clock });
    const left = errorOf(client3.batch.wait('own/b/1', { signal }));
    await settle();
    controller.abort();
    expect((await left) as { code: string }).toMatchObject({ code: 'aborted' });
  });
});
