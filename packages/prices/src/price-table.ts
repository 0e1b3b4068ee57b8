import type { TokenPrices } from '@inferway/core';
import { readDollarPrices, type DollarPrices } from '@inferway/core/middleware';

/**
 * Prices by model: `provider/model` for one model, and a key that ends in `*` for all that begin so (`provider/*`); the longest wins.
 * Behind a router, `provider/model:serving-provider` stands before `provider/model`.
 */
export type PriceTable = Readonly<Record<string, DollarPrices>>;

/** Prices by name, dollars already turned into nano-dollars. */
export interface NamedPrices {
  find(name: string): TokenPrices | undefined;
  /** The prices of the longest `prefix*` key that `name` begins with. */
  findPrefix(name: string): TokenPrices | undefined;
}

/** Reads a table once. @throws {InferwayError} `configuration` naming the entry and the figure. */
export function readPriceTable(table: PriceTable): NamedPrices {
  const exact = new Map<string, TokenPrices>();
  const prefixes: { readonly prefix: string; readonly prices: TokenPrices }[] = [];
  for (const [key, dollars] of Object.entries(table)) {
    const prices = readDollarPrices(key, dollars);
    if (key.endsWith('*')) prefixes.push({ prefix: key.slice(0, -1), prices });
    else exact.set(key, prices);
  }
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  return {
    find: (name) => exact.get(name),
    findPrefix: (name) => prefixes.find(({ prefix }) => name.startsWith(prefix))?.prices,
  };
}
