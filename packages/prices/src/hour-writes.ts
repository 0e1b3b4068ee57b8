import type { ModelPrice } from '@pydantic/genai-prices';

/**
 * Adds the price of cache writes that live an hour, where the public table has only the price of short ones (Claude on Bedrock, Vertex and
 * OpenRouter). Such writes exist in Anthropic's protocol alone, whose price list puts them at twice the plain input.
 */
export function withHourWrites(prices: ModelPrice): ModelPrice {
  const { input_mtok: input, cache_write_mtok: write, cache_write_1h_mtok: known } = prices;
  // A model that also prices audio needs a price for each crossing of the two, which nobody has published.
  if (input === undefined || write === undefined || known !== undefined) return prices;
  if (prices['input_audio_mtok'] !== undefined) return prices;
  const doubled =
    typeof input === 'number'
      ? 2 * input
      : {
          base: 2 * input.base,
          tiers: input.tiers.map(({ start, price }) => ({ start, price: 2 * price })),
        };
  return { ...prices, cache_write_1h_mtok: doubled };
}
