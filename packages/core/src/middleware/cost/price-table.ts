import { priceUsage, type PriceBook } from '../../price.js';
import { readDollarPrices, type DollarPrices } from './dollar-prices.js';

/**
 * A price book of one's own, by `provider/model`; `provider/*` is for all other models of a provider. What is not in it has no price.
 *
 * ```ts
 * priceTable({ 'openai/gpt-5': { input: 1.25, output: 10, cacheRead: 0.125 }, 'vllm/*': { input: 0, output: 0 } });
 * ```
 * @throws {InferwayError} `configuration` for a price that is no amount of dollars.
 */
export function priceTable(table: Readonly<Record<string, DollarPrices>>): PriceBook {
  const prices = new Map(
    Object.entries(table).map(([name, dollars]) => [name, readDollarPrices(name, dollars)]),
  );
  return {
    cost({ provider, id }, usage) {
      const found = prices.get(`${provider}/${id}`) ?? prices.get(`${provider}/*`);
      return found === undefined ? undefined : priceUsage(found, usage);
    },
  };
}
