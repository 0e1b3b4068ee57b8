import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, InferwayError, type BatchStore } from '@inferway/core';
import { fileBatchStore, memoryBatchStore } from '@inferway/core/batch-files';
import { fail, fakeProvider, say } from '@inferway/core/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inferway-batches-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const file = (id: string): string => join(directory, `${encodeURIComponent(id)}.jsonl`);

describe.each([
  ['memory', () => memoryBatchStore()],
  ['files', () => fileBatchStore(directory)],
  ['files without fsync', () => fileBatchStore(directory, { fsync: 'never' })],
] as [string, () => BatchStore][])('a batch store of %s', (_name, makeStore) => {
  test('keeps records in order, apart by id, and has one writer at a time', async () => {
    const store = makeStore();
    expect(await store.load('a/b')).toBeUndefined();
    const log = await store.open('a/b');
    const other = await store.open('a');
    await Promise.all([
      log.append([{ n: 1 }, { n: 2 }]),
      log.append([{ n: 3, text: 'zeilen\numbruch' }]),
      other.append([{ n: 9 }]),
    ]);
    expect(await store.load('a/b')).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3, text: 'zeilen\numbruch' },
    ]);
    expect(await store.load('a')).toEqual([{ n: 9 }]);
    expect(await errorOf(store.open('a/b'))).toMatchObject({ code: 'conflict', retryable: true });
    await log.close();
    const again = await store.open('a/b');
    await again.append([{ n: 4 }]);
    await again.close();
    expect(await store.load('a/b')).toHaveLength(4);
    await other.close();
  });
});

describe('batches in files', () => {
  test('lose no more than the line that was being written, wherever it was cut', async () => {
    const store = fileBatchStore(directory, { fsync: 'never' });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string(), n: fc.nat() }), { minLength: 1, maxLength: 5 }),
        fc.nat({ max: 400 }),
        async (records, cut) => {
          await rm(file('x'), { force: true });
          const lines = records.map((record) => `${JSON.stringify(record)}\n`);
          const bytes = Buffer.from(lines.join(''));
          const kept = bytes.subarray(0, Math.min(cut, bytes.length));
          await writeFile(file('x'), kept);
          const whole = kept.toString().split('\n').length - 1;
          const log = await store.open('x');
          await log.append([{ last: true }]);
          await log.close();
          expect(await store.load('x')).toEqual([...records.slice(0, whole), { last: true }]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('leave out lines that are no records', async () => {
    await writeFile(file('x'), '{"n":1}\r\n\nnull\n[]\n{"n":\n{"n":2}');
    expect(await fileBatchStore(directory).load('x')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('take over the lock of a process that died, not that of one on another machine', async () => {
    const store = fileBatchStore(directory);
    const lock = `${file('x')}.lock`;
    // No process has this number: it is above the most that any system gives.
    await writeFile(lock, JSON.stringify({ host: hostname(), pid: 2 ** 30 }));
    const taken = await Promise.allSettled([store.open('x'), store.open('x'), store.open('x')]);
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const one of taken) if (one.status === 'fulfilled') await one.value.close();
    expect((await readdir(directory)).filter((name) => name.includes('.lock'))).toEqual([]);
    await writeFile(lock, JSON.stringify({ host: 'elsewhere', pid: 1 }));
    const error = await errorOf(store.open('x'));
    expect(error).toMatchObject({ code: 'conflict' });
    expect(error.message).toContain(lock);
  });

  test('hold bytes, failures and what became of them; nobody else may read them', async () => {
    const fake = fakeProvider({
      script: (_call, attempt) =>
        attempt === 1
          ? [
              fail(
                new InferwayError('rate_limit', { message: 'wait', requestId: 'r1', status: 429 }),
              ),
            ]
          : say('fine'),
    });
    const data = new Uint8Array([0, 1, 255]);
    const client = createClient({
      providers: [fake],
      batch: { store: fileBatchStore(directory), concurrency: 1 },
    });
    const image = { type: 'image', file: { type: 'bytes', data, mediaType: 'image/png' } };
    const job = await client.batch.create({
      model: 'fake/m',
      items: [1, 2].map(() => ({ messages: [{ role: 'user', content: [image] }] })) as never,
    });
    await client.batch.wait(job.id);
    const later = createClient({
      providers: [fake],
      batch: { store: fileBatchStore(directory) },
    });
    const outcomes: unknown[] = [];
    for await (const outcome of later.batch.results(job.id)) outcomes.push(outcome);
    expect(outcomes).toMatchObject([
      {
        id: 'item-0',
        status: 'failed',
        error: { name: 'InferwayError', code: 'rate_limit', requestId: 'r1', retryable: true },
      },
      { id: 'item-1', status: 'succeeded', result: { text: 'fine' } },
    ]);
    expect(await later.batch.status(job.id)).toMatchObject({ status: 'completed' });
    const text = await readFile(file(job.id), 'utf8');
    expect(text).toContain(Buffer.from(data).toString('base64'));
    expect((await stat(file(job.id))).mode & 0o077).toBe(0);
    // What was cut short is run again, with its bytes as they were.
    const lines = text.split('\n');
    await writeFile(file(job.id), `${lines.slice(0, 4).join('\n')}\n`);
    await appendFile(file(job.id), '{"kind":"outcome","outcome":{"id":"item-1","sta');
    const third = createClient({ providers: [fake], batch: { store: fileBatchStore(directory) } });
    await third.batch.resume(job.id);
    expect(await third.batch.wait(job.id)).toMatchObject({ counts: { succeeded: 1, failed: 1 } });
    const sent = fake.attempts.at(-1)?.call.request as unknown as {
      messages: { content: unknown }[];
    };
    expect(sent.messages[0]?.content).toEqual([image]);
  });

  test('say which directory cannot be used', async () => {
    await writeFile(join(directory, 'file'), '');
    const store = fileBatchStore(join(directory, 'file', 'below'));
    const error = await errorOf(store.open('x'));
    expect(error).toMatchObject({ code: 'configuration' });
    expect(error.message).toContain('below');
  });
});
