import { expect, test, vi } from 'vitest';

const loaded = vi.hoisted(() => ({ times: 0 }));
vi.mock('@pydantic/genai-prices', async (original) => {
  loaded.times++;
  return original();
});

test('the public table is loaded only by a book that uses it', async () => {
  const { createPriceBook } = await import('@inferway/prices');
  const table = { 'p/m': { input: 1, output: 1 } };
  const book = await createPriceBook({ table, publicTable: false });
  const openai = { provider: 'openai', id: 'gpt-4o' };
  expect(book.cost(openai, { inputTokens: 1 }, Date.now())).toBeUndefined();
  expect(loaded.times).toBe(0);
  const full = await createPriceBook({ table });
  expect(full.cost(openai, { inputTokens: 1_000_000 }, Date.now())).toMatchObject({ known: true });
  expect(loaded.times).toBe(1);
});
