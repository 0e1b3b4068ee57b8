import type { ModelInfo, PriceBook } from '@inferway/core';
import { createPriceBook } from '@inferway/prices';
import type { Config } from '../config/config.js';

/** A price book that learns what providers list after it was made. */
export interface LearningPrices extends PriceBook {
  learn(models: readonly ModelInfo[]): Promise<void>;
}

/** The config's table first, then what a provider brings along, then what providers list, then the public table. */
export async function createPrices(
  config: Config,
  own: ReadonlyMap<string, PriceBook>,
): Promise<LearningPrices> {
  const table = await createPriceBook({ table: config.prices, publicTable: false });
  let published = await createPriceBook();
  return {
    cost(model, usage, at, servedBy) {
      const written = table.cost(model, usage, at, servedBy);
      if (written !== undefined) return written;
      return (own.get(model.provider) ?? published).cost(model, usage, at, servedBy);
    },
    async learn(models) {
      published = await createPriceBook({ models });
    },
  };
}
