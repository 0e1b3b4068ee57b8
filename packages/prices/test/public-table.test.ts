import type { Cost, Usage } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import { calcPrice } from '@pydantic/genai-prices';
import { beforeAll, expect, test } from 'vitest';

const NOW = Date.UTC(2026, 10, 21);
const MILLION = 1_000_000;
let book: Awaited<ReturnType<typeof createPriceBook>>;

beforeAll(async () => {
  book = await createPriceBook({ publicIds: { 'openai-eu': 'openai' } });
});

const total = (cost: Cost | undefined): number | undefined =>
  cost?.known === true ? cost.total : undefined;
const priceOf = (provider: string, id: string, usage: Usage, servedBy?: string, at = NOW) =>
  total(book.cost({ provider, id }, usage, at, servedBy));

test('a price of the public table is found, rounded once', () => {
  const usage = { inputTokens: 12_345, outputTokens: 678 };
  const dollars = calcPrice({ input_tokens: 12_345, output_tokens: 678 }, 'gpt-4o', {
    providerId: 'openai',
    timestamp: new Date(NOW),
  })?.total_price;
  expect(priceOf('openai', 'gpt-4o', usage)).toBe(Math.round((dollars ?? 0) * 1e9));
  expect(priceOf('openai-eu', 'gpt-4o', usage)).toBe(priceOf('openai', 'gpt-4o', usage));
});

test('parts of the input are priced as parts, not added to it', () => {
  const plain = priceOf('anthropic', 'claude-opus-4-5', { inputTokens: MILLION });
  const read = priceOf('anthropic', 'claude-opus-4-5', {
    inputTokens: MILLION,
    cacheReadTokens: MILLION,
  });
  const written = priceOf('anthropic', 'claude-opus-4-5', {
    inputTokens: MILLION,
    cacheWriteTokens: MILLION,
  });
  const hour = priceOf('anthropic', 'claude-opus-4-5', {
    inputTokens: MILLION,
    cacheWriteTokens: MILLION,
    cacheWrite1hTokens: MILLION,
  });
  expect([read, written, hour].map((nanos) => (nanos ?? 0) / (plain ?? 1))).toEqual([0.1, 1.25, 2]);
});

test('an hour’s cache write costs twice the input where the table has no price for it', () => {
  const usage = { inputTokens: MILLION, cacheWriteTokens: MILLION, cacheWrite1hTokens: MILLION };
  const model = ['openrouter', 'anthropic/claude-opus-4.5'] as const;
  expect(priceOf(...model, usage)).toBe(2 * (priceOf(...model, { inputTokens: MILLION }) ?? 0));
});

test('a part larger than its total is cut instead of making the price fail', () => {
  const usage = { inputTokens: 100, cacheReadTokens: 200, cacheWriteTokens: 300 };
  const all = { inputTokens: 100, cacheReadTokens: 100 };
  expect(priceOf('anthropic', 'claude-opus-4-5', usage)).toBe(
    priceOf('anthropic', 'claude-opus-4-5', all),
  );
  expect(priceOf('anthropic', 'claude-opus-4-5', { inputTokens: -1 })).toBeUndefined();
  expect(priceOf('anthropic', 'claude-opus-4-5', { inputTokens: Number.NaN })).toBeUndefined();
});

test('the long-context tier applies to the whole input', () => {
  const small = priceOf('google', 'gemini-2.5-pro', { inputTokens: 200_000 }) ?? 0;
  const large = priceOf('google', 'gemini-2.5-pro', { inputTokens: 400_000 }) ?? 0;
  expect(large).toBe(4 * small);
});

test('a router’s call is priced by who served it, or by the provider that the id pins', () => {
  const usage = { inputTokens: MILLION };
  const id = 'deepseek-ai/DeepSeek-R1';
  const direct = calcPrice({ input_tokens: MILLION }, id, { providerId: 'huggingface_together' });
  const nanos = Math.round((direct?.total_price ?? 0) * 1e9);
  expect(nanos).toBeGreaterThan(0);
  expect(priceOf('huggingface', id, usage, 'together')).toBe(nanos);
  expect(priceOf('huggingface', `${id}:cheapest`, usage, 'together')).toBe(nanos);
  expect(priceOf('huggingface', `${id}:together`, usage, 'together')).toBe(nanos);
  expect(priceOf('huggingface', `${id}:together`, usage)).toBe(nanos);
  expect(priceOf('huggingface', `${id}:fastest`, usage)).toBeUndefined();
  expect(priceOf('huggingface', id, usage, 'nobody')).toBeUndefined();
});

test('a model that the table lists without prices is unknown, not free', () => {
  expect(
    calcPrice({ input_tokens: 1 }, 'deepseek/deepseek-r1:free', { providerId: 'openrouter' }),
  ).toMatchObject({ total_price: 0 });
  expect(priceOf('openrouter', 'deepseek/deepseek-r1:free', { inputTokens: 5 })).toBeUndefined();
  const embedding = ['openai', 'text-embedding-3-small'] as const;
  expect(priceOf(...embedding, { inputTokens: 1000 })).toBeGreaterThan(0);
  expect(priceOf(...embedding, { inputTokens: 1000, outputTokens: 1 })).toBeUndefined();
});

test('a price that changed is the one of its time', () => {
  const usage = { inputTokens: MILLION };
  const before = Date.UTC(2025, 0, 1);
  const then = priceOf('openai', 'o3', usage, undefined, before);
  const now = priceOf('openai', 'o3', usage);
  expect(then).toBe(10e9);
  expect(now).toBe(2e9);
});

test('tokens of images and sound have their own prices where the table has them', () => {
  const text = priceOf('openai', 'gpt-image-1.5', { inputTokens: MILLION, outputTokens: MILLION });
  const drawn = priceOf('openai', 'gpt-image-1.5', {
    inputTokens: MILLION,
    inputImageTokens: MILLION,
    outputTokens: MILLION,
    outputImageTokens: MILLION,
  });
  expect([text, drawn]).toEqual([15, 40].map((dollars) => dollars * 1e9));
  const heard = { inputTokens: MILLION, inputAudioTokens: 2 * MILLION, outputTokens: 0 };
  expect(priceOf('openai', 'gpt-4o-transcribe', heard)).toBe(6e9);
});
