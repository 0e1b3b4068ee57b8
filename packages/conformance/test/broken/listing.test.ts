import type { ModelInfo } from '@inferway/core';
import { openaiModelListing } from '@inferway/provider-kit';
import { openaiChat } from '@inferway/wire';
import { expect, it } from 'vitest';
import type { ModelListing, ProviderFactory } from '../../src/index.js';
import { collectingRunner } from '../support/failures-of.js';
import { made } from '../support/tamper.js';
import { testProvider } from '../../src/index.js';

const models: ModelListing = {
  answer: () => ({
    body: JSON.stringify({ object: 'list', data: [{ id: 'm-1', object: 'model' }] }),
  }),
  ids: ['m-1'],
};

/** The checks of `models()` that this adapter fails. */
async function failing(factory: ProviderFactory): Promise<readonly string[]> {
  const { runner, failures } = collectingRunner(2);
  testProvider(factory, { operations: [], wire: {}, models, runner, patienceMs: 1000 });
  return [...(await failures()).keys()];
}

const listing =
  (
    change: (
      list: () => Promise<readonly ModelInfo[]>,
      key: string,
    ) => Promise<readonly ModelInfo[]>,
  ): ProviderFactory =>
  (setup) => {
    const right = made(setup, openaiChat as never, openaiModelListing);
    return {
      ...right,
      models: (options) =>
        change(() => right.models?.(options) ?? Promise.resolve([]), setup.apiKey),
    };
  };

it('a listing as it should be fails nothing', async () => {
  expect(await failing(listing((list) => list()))).toEqual([]);
});

it('a listing that shows the key in its errors', async () => {
  const shows = listing((list, key) =>
    list().catch((reason: Error) => {
      reason.message += key;
      throw reason;
    }),
  );
  expect(await failing(shows)).toEqual(['a refused key is authentication, and is not shown']);
});

it('a listing that has other ids', async () => {
  const renamed = listing(async (list) =>
    (await list()).map((model) => ({ ...model, id: `x/${model.id}` })),
  );
  expect(await failing(renamed)).toEqual([
    'the models are listed, with the adapter’s name',
    'entries that make no sense are skipped',
  ]);
});

it('a listing that hides failures', async () => {
  const hides = listing((list) => list().catch(() => []));
  expect(await failing(hides)).toEqual([
    'a refused key is authentication, and is not shown',
    'a web page is a protocol error',
    'an overloaded server is overloaded',
    'an abort ends it and closes its socket',
  ]);
});
