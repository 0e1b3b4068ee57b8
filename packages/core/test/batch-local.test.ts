import {
  createClient,
  InferwayError,
  type BatchStore,
  type ClientBatchOutcome,
} from '@inferway/core';
import { memoryBatchStore } from '@inferway/core/batch-files';
import { cost, priceTable, retry } from '@inferway/core/middleware';
import { fail, fakeProvider, say, settle, stall, virtualClock, wait } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf } from './helpers.js';

const question = (text: string): { messages: [{ role: 'user'; content: string }] } => ({
  messages: [{ role: 'user', content: text }],
});

const questions = (count: number): ReturnType<typeof question>[] =>
  Array.from({ length: count }, (_none, index) => question(`question ${index}`));

async function all<O>(outcomes: AsyncIterable<O>): Promise<O[]> {
  const list: O[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

const byId = (outcomes: readonly ClientBatchOutcome<'chat'>[]): Record<string, string> =>
  Object.fromEntries(outcomes.map(({ id, status }) => [id, status]));

/** A store whose appends can be made to fail. */
function fragileStore(): BatchStore & { broken: boolean } {
  const store = memoryBatchStore();
  const fragile = {
    broken: false,
    load: store.load,
    async open(id: string) {
      const log = await store.open(id);
      return {
        append: (records: never[]) =>
          fragile.broken ? Promise.reject(new Error('disk is full')) : log.append(records),
        close: () => log.close(),
      };
    },
  };
  return fragile as BatchStore & { broken: boolean };
}

describe('a batch that the client runs', () => {
  test('goes through the chain, a bounded number at a time, and results are completed like answers', async () => {
    const clock = virtualClock();
    const fake = fakeProvider({ script: () => [wait(100), ...say('{"n":1}')] });
    const prices = priceTable({ 'fake/m': { input: 1, output: 2 } });
    const client = createClient({
      providers: [fake],
      middleware: [cost({ prices })],
      clock,
      batch: { concurrency: 3 },
    });
    const job = await client.batch.create({
      model: 'fake/m',
      items: questions(7).map((item) => ({ ...item, output: z.object({ n: z.number() }) })),
      metadata: { night: '1' },
    });
    expect(job.id).toMatch(/^local\/[0-9a-f]{32}$/u);
    expect(job).toMatchObject({ status: 'running', provider: 'fake', metadata: { night: '1' } });
    await settle();
    expect(fake.open).toBe(3);
    await clock.advance(100);
    expect(await client.batch.status(job.id)).toMatchObject({
      status: 'running',
      counts: { total: 7, succeeded: 3, failed: 0 },
    });
    const outcomes = all(client.batch.results(job.id));
    await clock.advance(100);
    await clock.advance(100);
    const first = (await outcomes)[0];
    if (first?.status !== 'succeeded') throw new Error('not run');
    expect(first.result.text).toBe('{"n":1}');
    expect(first.result.parsed?.n).toBe(1);
    expect(first.usage).toMatchObject({ inputTokens: 10, outputTokens: 1 });
    expect(first.cost).toMatchObject({ known: true, source: 'price' });
    expect(await outcomes).toHaveLength(7);
    expect(await client.batch.wait(job.id)).toMatchObject({ status: 'completed' });
    expect(fake.attempts).toHaveLength(7);
  });

  test('an item that fails is its own outcome; retries and pauses are the chain’s', async () => {
    const clock = virtualClock();
    const fake = fakeProvider({
      script: (call, attempt) => {
        const text = JSON.stringify(call.request);
        if (text.includes('question 1')) return [fail('invalid_request')];
        return attempt === 1
          ? [fail(new InferwayError('rate_limit', { message: 'wait', retryAfterMs: 5000 }))]
          : say('fine');
      },
    });
    const client = createClient({ providers: [fake], middleware: [retry()], clock });
    const job = await client.batch.create({
      model: 'fake/m',
      operation: 'chat',
      items: questions(3).map((item, index) => ({ id: `q${index}`, ...item })),
    });
    const waiting = client.batch.wait(job.id);
    await settle();
    expect((await client.batch.status(job.id)).status).toBe('running');
    await clock.advance(6000);
    expect(await waiting).toMatchObject({
      status: 'completed',
      counts: { total: 3, succeeded: 2, failed: 1 },
    });
    const outcomes = await all(client.batch.results(job.id));
    expect(byId(outcomes)).toEqual({ q0: 'succeeded', q1: 'failed', q2: 'succeeded' });
    const failed = outcomes.find(({ id }) => id === 'q1');
    expect(failed).toMatchObject({ error: { code: 'invalid_request', provider: 'fake' } });
  });

  test('cancel begins no further item; those on their way end', async () => {
    const clock = virtualClock();
    const fake = fakeProvider({ script: () => [wait(100), ...say('fine')] });
    const client = createClient({ providers: [fake], clock, batch: { concurrency: 2 } });
    const { id } = await client.batch.create({ model: 'fake/m', items: questions(5) });
    expect(await client.batch.cancel(id)).toMatchObject({ status: 'cancelling' });
    await clock.advance(100);
    expect(await client.batch.wait(id)).toMatchObject({
      status: 'cancelled',
      counts: { total: 5, succeeded: 2, failed: 3 },
    });
    const outcomes = await all(client.batch.results(id));
    expect(outcomes.filter(({ status }) => status === 'cancelled')).toHaveLength(3);
    expect(fake.attempts).toHaveLength(2);
    expect((await client.batch.resume(id)).status).toBe('cancelled');
  });

  test('a signal ends it at once, in every phase, and it can be resumed', async () => {
    for (const phase of ['before', 'created', 'running'] as const) {
      const clock = virtualClock();
      const controller = new AbortController();
      let slow = true;
      const fake = fakeProvider({ script: () => (slow ? [stall()] : say('fine')) });
      const client = createClient({ providers: [fake], clock, batch: { concurrency: 2 } });
      if (phase === 'before') controller.abort();
      const creating = client.batch.create(
        { model: 'fake/m', items: questions(3) },
        { signal: controller.signal },
      );
      if (phase === 'before') {
        expect(await errorOf(creating)).toMatchObject({ code: 'aborted' });
        expect(fake.attempts).toHaveLength(0);
        continue;
      }
      const { id } = await creating;
      if (phase === 'running') await settle();
      const reading = all(client.batch.results(id));
      controller.abort();
      expect(await client.batch.wait(id)).toMatchObject({ status: 'cancelled' });
      expect((await reading).map(({ status }) => status)).toEqual(Array(3).fill('cancelled'));
      expect(fake.open).toBe(0);
      slow = false;
      await client.batch.resume(id);
      expect(await client.batch.wait(id)).toMatchObject({
        status: 'completed',
        counts: { succeeded: 3 },
      });
    }
  });

  test('a reader or waiter who leaves does not end it', async () => {
    const clock = virtualClock();
    const fake = fakeProvider({ script: () => [wait(10), ...say('fine')] });
    const client = createClient({ providers: [fake], clock, batch: { concurrency: 1 } });
    const { id } = await client.batch.create({ model: 'fake/m', items: questions(3) });
    const signal = AbortSignal.abort();
    expect(await errorOf(client.batch.wait(id, { signal }))).toMatchObject({ code: 'aborted' });
    expect(await errorOf(all(client.batch.results(id, { signal })))).toMatchObject({
      code: 'aborted',
    });
    await clock.advance(10);
    for await (const outcome of client.batch.results(id)) {
      expect(outcome.status).toBe('succeeded');
      break;
    }
    await clock.advance(30);
    expect(await client.batch.wait(id)).toMatchObject({ status: 'completed' });
  });

  test('two at once keep to their own items', async () => {
    const fake = fakeProvider({
      script: (call) => say(JSON.stringify(call.request).includes('"a"') ? 'A' : 'B'),
    });
    const client = createClient({ providers: [fake] });
    const [a, b] = await Promise.all(
      ['a', 'b'].map((text) =>
        client.batch.create({ model: 'fake/m', items: [question(text), question(text)] }),
      ),
    );
    const texts = async (id = ''): Promise<string[]> =>
      (await all(client.batch.results(id))).map((outcome) =>
        outcome.status === 'succeeded' ? outcome.result.text : outcome.status,
      );
    expect(await texts(a?.id)).toEqual(['A', 'A']);
    expect(await texts(b?.id)).toEqual(['B', 'B']);
    expect(a?.id).not.toBe(b?.id);
  });

  test('what cannot be ordered is refused before anything is sent', async () => {
    const fake = fakeProvider({ script: say('fine') });
    const client = createClient({ providers: [fake] });
    const create = (items: readonly object[], rest: object = {}): Promise<unknown> =>
      errorOf(client.batch.create({ model: 'fake/m', items, ...rest } as never));
    const one = question('a');
    expect(await create([])).toMatchObject({ code: 'invalid_request', param: 'items' });
    expect(
      await create([
        { id: 'x', ...one },
        { id: 'x', ...one },
      ]),
    ).toMatchObject({
      code: 'invalid_request',
      param: 'items[1].id',
    });
    expect(await create([{ id: 'item-1', ...one }, one])).toMatchObject({ param: 'items[1].id' });
    expect(await create([{ id: 'a b', ...one }])).toMatchObject({ param: 'items[0].id' });
    const output = { '~standard': { version: 1, vendor: 'mine', validate: () => ({ value: 1 }) } };
    expect(await create([one, { ...one, output }])).toMatchObject({
      code: 'configuration',
      param: 'items[1].output',
      message: expect.stringContaining('Item "item-1"'),
    });
    expect(await create([one], { operation: 'embed' })).toMatchObject({ code: 'unsupported' });
    expect(await create([one], { model: 'other/m' })).toMatchObject({ code: 'not_found' });
    for (const id of ['local/none', 'fake/none', 'other/none']) {
      expect(await errorOf(client.batch.status(id))).toMatchObject({ code: 'not_found' });
    }
    expect(await errorOf(client.batch.status('none'))).toMatchObject({ code: 'invalid_request' });
    expect(fake.attempts).toHaveLength(0);
    const wrong = createClient({ providers: [fake], batch: { concurrency: 0 } });
    expect(await errorOf(wrong.batch.status('local/x'))).toMatchObject({ code: 'configuration' });
  });

  test('an answer that does not fit its schema is a failed outcome with what was paid for it', async () => {
    const fake = fakeProvider({ script: say('no JSON') });
    const client = createClient({ providers: [fake] });
    const { id } = await client.batch.create({
      model: 'fake/m',
      items: [{ ...question('a'), output: 'json' }],
    });
    expect(await all(client.batch.results(id))).toMatchObject([
      { status: 'failed', error: { code: 'protocol' }, usage: { outputTokens: 2 } },
    ]);
  });

  test('a store that fails ends the batch: nothing is run that could not be written down', async () => {
    const store = fragileStore();
    const fake = fakeProvider({ script: say('fine') });
    const client = createClient({ providers: [fake], batch: { store, concurrency: 1 } });
    const creating = client.batch.create({ model: 'fake/m', items: questions(5) });
    const { id } = await creating;
    store.broken = true;
    expect(await client.batch.wait(id)).toMatchObject({
      status: 'failed',
      errors: [{ code: 'internal' }],
    });
    expect(fake.attempts.length).toBeLessThan(3);
    expect(await all(client.batch.results(id))).toHaveLength(5);
    store.broken = false;
    const before = fake.attempts.length;
    await client.batch.resume(id);
    expect(await client.batch.wait(id)).toMatchObject({ status: 'completed' });
    expect(fake.attempts.length).toBe(before + 5);
  });
});
