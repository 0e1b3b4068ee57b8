import type { ModelInfo, TokenPrices } from '@inferway/core';

/** Prices that providers themselves listed (`client.models()`), by `provider/model` and `provider/model:serving-provider`. */
export function readListing(models: readonly ModelInfo[]): ReadonlyMap<string, TokenPrices> {
  const prices = new Map<string, TokenPrices>();
  for (const model of models) {
    const name = `${model.provider}/${model.id}`;
    if (model.prices !== undefined) prices.set(name, model.prices);
    for (const serving of model.servedBy ?? []) {
      if (serving.prices !== undefined) prices.set(`${name}:${serving.provider}`, serving.prices);
    }
  }
  return prices;
}
