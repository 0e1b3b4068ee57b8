import { InferwayError, usd, type NanoUsd, type TokenPrices } from '@inferway/core';

/** Prices of one model in US dollars per million tokens, as price lists write them: `{ input: 2.5, output: 10 }`. */
export interface DollarPrices {
  readonly input: number;
  /** Write 0 for a model that puts out no tokens (embeddings). */
  readonly output: number;
  /** Input read from the provider's prompt cache. Defaults to `input`. */
  readonly cacheRead?: number | undefined;
  /** Input written to the provider's prompt cache. Defaults to `input`. */
  readonly cacheWrite?: number | undefined;
  /** Written with a lifetime of one hour. Defaults to `cacheWrite`. */
  readonly cacheWrite1h?: number | undefined;
}

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
    const slash = key.indexOf('/');
    if (slash <= 0 || slash === key.length - 1) {
      throw badEntry(key, 'is not of the form "provider/model" or "provider/*"');
    }
    const prices = readPrices(key, dollars);
    if (key.endsWith('*')) prefixes.push({ prefix: key.slice(0, -1), prices });
    else exact.set(key, prices);
  }
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  return {
    find: (name) => exact.get(name),
    findPrefix: (name) => prefixes.find(({ prefix }) => name.startsWith(prefix))?.prices,
  };
}

function readPrices(key: string, dollars: DollarPrices): TokenPrices {
  const nanos = (name: keyof DollarPrices): NanoUsd => {
    const value = dollars[name];
    try {
      if (typeof value === 'number') return usd(value);
    } catch {
      // Named below, together with a figure that is no number at all.
    }
    throw badEntry(key, `has "${name}": ${String(value)}, which is no amount of dollars`);
  };
  const optional = (name: keyof DollarPrices): NanoUsd | undefined =>
    dollars[name] === undefined ? undefined : nanos(name);
  return {
    input: nanos('input'),
    output: nanos('output'),
    cacheRead: optional('cacheRead'),
    cacheWrite: optional('cacheWrite'),
    cacheWrite1h: optional('cacheWrite1h'),
  };
}

function badEntry(key: string, what: string): InferwayError {
  return new InferwayError('configuration', {
    message: `The price table's entry ${JSON.stringify(key)} ${what}. Write dollars per million tokens, such as "openai/gpt-5": { input: 1.25, output: 10 }.`,
    param: `table[${JSON.stringify(key)}]`,
  });
}
