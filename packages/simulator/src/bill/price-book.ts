import { priceUsage, type PriceBook, type TokenPrices } from '@inferway/core';
import type { SimulatedModel } from '../models.js';
import type { Protocol } from '../protocols/protocol.js';
import { findModel, modelReference } from '../serve/model-reference.js';

/** Prices by model id. */
export function priceTable(
  models: readonly SimulatedModel[],
): Readonly<Record<string, TokenPrices>> {
  return Object.fromEntries(models.map((model) => [model.id, model.prices]));
}

/** The prices of the bill as a price book; what the provider is called in the client does not matter. */
export function priceBook(
  models: readonly SimulatedModel[],
  protocols: readonly Protocol[],
): PriceBook {
  return {
    cost(model, usage, _at, servedBy) {
      const [id = ''] = modelReference(model.id).id.split(':');
      const found = findModel(models, id);
      if (found === undefined) return undefined;
      const routed =
        servedBy === undefined
          ? undefined
          : protocols.map((protocol) => protocol.prices?.(found, servedBy)).find(Boolean);
      return priceUsage(routed ?? found.prices, usage);
    },
  };
}
