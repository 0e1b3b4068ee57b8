import { createClient, type BatchOutcome, type ProviderBatch } from '@inferway/core';
import { fakeProvider, say, virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { errorOf } from './helpers.js';

const failed = (id: string): BatchOutcome =>
  ({ id, status: 'failed', error: new Error('x') }) as never;

/** A client whose provider gives one result and then nothing, and whether its reading was ended. */
function setUp() {
  const clock = virtualClock();
  const ended = { value: false };
  const batch: ProviderBatch = {
    operations: ['chat'],
    create: async () => ({ id: 'b', provider: 'own', status: 'pending' }),
    status: async () => ({ id: 'b', provider: 'own', status: 'completed' }),
    cancel: async () => ({ id: 'b', provider: 'own', status: 'cancelled' }),
    async *results(_id, { signal }) {
      yield failed('a');
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended.value = true;
          reject(signal.reason as Error);
        });
      });
    },
  };
  const provider = Object.assign(fakeProvider({ name: 'own', script: say('hi') }), { batch });
  const client = createClient({ providers: [provider], clock });
  return { clock, ended, results: client.batch.results('own/b')[Symbol.asyncIterator]() };
}

test('results of a batch that stop coming end after five minutes, however long their reader took', async () => {
  const { clock, ended, results } = setUp();
  expect((await results.next()).value).toMatchObject({ id: 'a' });
  await clock.advance(60 * 60_000);
  const silence = errorOf(Promise.resolve(results.next()));
  await clock.advance(4 * 60_000);
  expect(ended.value).toBe(false);
  await clock.advance(2 * 60_000);
  expect(await silence).toMatchObject({ code: 'timeout', phase: 'idle-content' });
  expect(ended.value).toBe(true);
});

test('results that nobody reads further are let go of at once', async () => {
  const { clock, results } = setUp();
  await results.next();
  await results.return?.(undefined);
  await clock.advance(60 * 60_000);
  expect(await results.next()).toEqual({ done: true, value: undefined });
});
