import { priceUsage, type PriceBook, type TokenPrices } from '../../price.js';
import { readDollarPrices, type DollarPrices } from '../../dollar-prices.js';

/**
 * A price book of one's own, by `provider/model`; `provider/*` is for all other models of a provider. What is not in it has no price.
 *
 * ```ts
 * priceTable({ 'openai/gpt-5': { input: 1.25, output: 10, cacheRead: 0.125 }, 'vllm/*': { input: 0, output: 0 } });
 * ```
 * @throws {InferwayError} `configuration` for a price that is no amount of dollars.
 */
export function priceTable(table: Readonly<Record<string, DollarPrices>>): PriceBook {
  // By provider, then by model: no name is put together for each call.
  const prices = new Map<string, Map<string, TokenPrices>>();
  for (const [name, dollars] of Object.entries(table)) {
    const slash = name.indexOf('/');
    const provider = name.slice(0, Math.max(0, slash));
    const models = prices.get(provider) ?? new Map<string, TokenPrices>();
    prices.set(provider, models.set(name.slice(slash + 1), readDollarPrices(name, dollars)));
  }
  return {
    cost({ provider, id }, usage) {
      const models = prices.get(provider);
      const found = models?.get(id) ?? models?.get('*');
      return found === undefined ? undefined : priceUsage(found, usage);
    },
  };
}
