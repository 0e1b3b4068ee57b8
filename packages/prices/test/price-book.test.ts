import { InferwayError, type ModelInfo, type Usage } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import { expect, test } from 'vitest';

const NOW = Date.UTC(2026, 10, 21);
const thousand: Usage = { inputTokens: 1000, outputTokens: 1000 };
const own = (table: Parameters<typeof createPriceBook>[0]) =>
  createPriceBook({ publicTable: false, ...table });

test('the price of the table is written as the world writes it and charged in nano-dollars', async () => {
  const book = await own({
    table: { 'openai/gpt-x': { input: 2.5, output: 10, cacheRead: 0.25 } },
  });
  const usage = { inputTokens: 1_000_000, cacheReadTokens: 400_000, outputTokens: 100_000 };
  expect(book.cost({ provider: 'openai', id: 'gpt-x' }, usage, NOW)).toEqual({
    known: true,
    total: 600_000 * 2500 + 400_000 * 250 + 100_000 * 10_000,
    source: 'price',
  });
});

test('a model of nobody has no price, not a price of nothing', async () => {
  const book = await createPriceBook({ table: { 'a/b': { input: 1, output: 1 } } });
  for (const model of [
    { provider: 'nobody', id: 'b' },
    { provider: 'a', id: 'c' },
    { provider: 'openai', id: 'no-such-model' },
    { provider: 'my-openai-proxy', id: 'gpt-4o' },
    { provider: 'huggingface', id: 'deepseek-ai/DeepSeek-R1' },
  ]) {
    expect(book.cost(model, thousand, NOW)).toBeUndefined();
  }
});

test('usage that nobody reported is unknown, also for a model with a price', async () => {
  const book = await createPriceBook({ table: { 'a/b': { input: 1, output: 1 } } });
  const unknown = { known: false, reason: 'no-usage' };
  expect(book.cost({ provider: 'a', id: 'b' }, {}, NOW)).toEqual(unknown);
  expect(book.cost({ provider: 'openai', id: 'gpt-4o' }, {}, NOW)).toEqual(unknown);
});

test('the exact entry stands before wildcards, and the longest wildcard before shorter ones', async () => {
  const book = await own({
    table: {
      'local/*': { input: 1, output: 0 },
      'local/big-*': { input: 2, output: 0 },
      'local/big-1': { input: 3, output: 0 },
    },
  });
  const price = (id: string): unknown =>
    book.cost({ provider: 'local', id }, { inputTokens: 1_000_000 }, NOW);
  expect(price('small')).toMatchObject({ total: 1e9 });
  expect(price('big-2')).toMatchObject({ total: 2e9 });
  expect(price('big-1')).toMatchObject({ total: 3e9 });
});

test('the provider behind a router has prices of its own', async () => {
  const book = await own({
    table: {
      'hf/org/m': { input: 1, output: 0 },
      'hf/org/m:together': { input: 2, output: 0 },
    },
  });
  const price = (id: string, servedBy?: string): unknown =>
    book.cost({ provider: 'hf', id }, { inputTokens: 1_000_000 }, NOW, servedBy);
  expect(price('org/m')).toMatchObject({ total: 1e9 });
  expect(price('org/m:cheapest')).toMatchObject({ total: 1e9 });
  expect(price('org/m:cheapest', 'together')).toMatchObject({ total: 2e9 });
  expect(price('org/m:together')).toMatchObject({ total: 2e9 });
  expect(price('org/m:together', 'together')).toMatchObject({ total: 2e9 });
  expect(price('org/m:fastest', 'novita')).toMatchObject({ total: 1e9 });
});

test('prices that a provider lists are used behind the table and before the public one', async () => {
  const listed: ModelInfo = {
    provider: 'openai',
    id: 'gpt-4o',
    prices: { input: 7e9, output: 0 },
    servedBy: [{ provider: 'x', status: 'live', prices: { input: 8e9, output: 0 } }],
  };
  const model = { provider: 'openai', id: 'gpt-4o' };
  const usage = { inputTokens: 1_000_000 };
  const book = await createPriceBook({ models: [listed] });
  expect(book.cost(model, usage, NOW)).toMatchObject({ total: 7e9 });
  expect(book.cost(model, usage, NOW, 'x')).toMatchObject({ total: 8e9 });
  const table = { 'openai/gpt-4o': { input: 9, output: 0 } };
  const mine = await createPriceBook({ models: [listed], table });
  expect(mine.cost(model, usage, NOW)).toMatchObject({ total: 9e9 });
});

test.each([
  ['gpt-4o', { input: 1, output: 1 }, 'provider/model'],
  ['openai/x', { input: -1, output: 1 }, 'input: -1'],
  ['openai/x', { input: 1, output: Number.NaN }, 'output: NaN'],
  ['openai/x', { input: 1 }, 'with input and output'],
  ['openai/x', { input: 1, output: 1, cacheRead: '2' }, 'cacheRead: 2'],
])('a wrong entry %j of %j is named with its cure', async (key, prices, said) => {
  const made = own({ table: { [key]: prices as never } });
  await expect(made).rejects.toSatisfy(
    (error) =>
      InferwayError.is(error) && error.code === 'configuration' && error.message.includes(said),
  );
});

test('estimated usage makes an estimated cost', async () => {
  const book = await createPriceBook({ table: { 'a/b': { input: 1, output: 1 } } });
  const usage = { ...thousand, estimated: true };
  expect(book.cost({ provider: 'a', id: 'b' }, usage, NOW)).toMatchObject({ source: 'estimate' });
  expect(book.cost({ provider: 'openai', id: 'gpt-4o' }, usage, NOW)).toMatchObject({
    source: 'estimate',
  });
});
