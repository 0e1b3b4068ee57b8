import type { PriceBook } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import type { Config } from '../config/config.js';

/** The config's table first, then what a provider brings along, then the public table. */
export async function createPrices(
  config: Config,
  own: ReadonlyMap<string, PriceBook>,
): Promise<PriceBook> {
  const table = await createPriceBook({ table: config.prices, publicTable: false });
  const published = await createPriceBook();
  return {
    cost(model, usage, at, servedBy) {
      const written = table.cost(model, usage, at, servedBy);
      if (written !== undefined) return written;
      return (own.get(model.provider) ?? published).cost(model, usage, at, servedBy);
    },
  };
}
