import {
  priceUsage,
  type Cost,
  type Model,
  type ModelInfo,
  type PriceBook,
  type TokenPrices,
  type Usage,
} from '@inferway/core';
import { readListing } from './model-listing.js';
import { namesOf } from './model-names.js';
import { readPriceTable, type PriceTable } from './price-table.js';
import { PublicPrices } from './public-prices.js';

/** Where the book takes its prices from, in this order. */
export interface PriceBookOptions {
  /** Your own prices; they stand before all others. */
  readonly table?: PriceTable | undefined;
  /** What the providers themselves list, from `(await client.models()).models`. */
  readonly models?: readonly ModelInfo[] | undefined;
  /** False: no public table, which is then not loaded either. Default true. */
  readonly publicTable?: boolean | undefined;
  /**
   * Ids in the public table of providers that you named otherwise: `{ 'openai-eu': 'openai' }`. Without an entry a name must be the id itself:
   * a provider that merely looks like another one has no known price.
   */
  readonly publicIds?: Readonly<Record<string, string>> | undefined;
}

/**
 * Makes a price book. The public table (`@pydantic/genai-prices`, 0.8 MB) is loaded here, once a process, and not by importing this package;
 * after that `cost()` is synchronous. A model that none of the sources knows has no price: `cost()` then gives undefined, never 0.
 *
 * @throws {InferwayError} `configuration` for a figure in `table` that is no amount of dollars.
 */
export async function createPriceBook(options: PriceBookOptions = {}): Promise<PriceBook> {
  const table = readPriceTable(options.table ?? {});
  const listed = readListing(options.models ?? []);
  const publicIds = new Map(Object.entries(options.publicIds ?? {}));
  const published =
    options.publicTable === false
      ? undefined
      : new PublicPrices(await import('@pydantic/genai-prices'));

  const own = (model: Model, servedBy: string | undefined): TokenPrices | undefined => {
    const names = namesOf(model, servedBy);
    for (const name of names) {
      const prices = table.find(name);
      if (prices !== undefined) return prices;
    }
    const prices = table.findPrefix(names[0] as string);
    if (prices !== undefined) return prices;
    for (const name of names) {
      const listing = listed.get(name);
      if (listing !== undefined) return listing;
    }
    return undefined;
  };

  return {
    cost(model: Model, usage: Usage, at: number, servedBy?: string): Cost | undefined {
      const prices = own(model, servedBy);
      if (prices !== undefined) return priceUsage(prices, usage);
      if (usage.inputTokens === undefined && usage.outputTokens === undefined) {
        return { known: false, reason: 'no-usage' };
      }
      const provider = publicIds.get(model.provider) ?? model.provider;
      return published?.cost({ provider, id: model.id, servedBy }, usage, at);
    },
  };
}
