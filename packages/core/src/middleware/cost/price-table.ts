import { usd } from '../../money.js';
import { priceUsage, type PriceBook, type TokenPrices } from '../../price.js';
import { badOption } from '../option-checks.js';

/** Dollars per million tokens, as price lists write them. */
export interface DollarPrices {
  readonly input: number;
  readonly output: number;
  /** Default: `input`. */
  readonly cacheRead?: number | undefined;
  /** Default: `input`. */
  readonly cacheWrite?: number | undefined;
  /** Default: `cacheWrite`. */
  readonly cacheWrite1h?: number | undefined;
}

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
    Object.entries(table).map(([name, dollars]) => [name, toNanos(name, dollars)]),
  );
  return {
    cost({ provider, id }, usage) {
      const found = prices.get(`${provider}/${id}`) ?? prices.get(`${provider}/*`);
      return found === undefined ? undefined : priceUsage(found, usage);
    },
  };
}

function toNanos(name: string, dollars: DollarPrices): TokenPrices {
  const read = (part: keyof DollarPrices): number | undefined => {
    const price = dollars[part];
    if (price === undefined) return undefined;
    try {
      return usd(price);
    } catch {
      throw badOption(
        name,
        `priceTable: "${name}" has ${part}: ${price}. Give dollars per million tokens, 0 or more.`,
      );
    }
  };
  const input = read('input');
  const output = read('output');
  if (!name.includes('/') || input === undefined || output === undefined) {
    throw badOption(
      name,
      `priceTable: "${name}" must be "provider/model" or "provider/*", with input and output prices.`,
    );
  }
  return {
    input,
    output,
    cacheRead: read('cacheRead'),
    cacheWrite: read('cacheWrite'),
    cacheWrite1h: read('cacheWrite1h'),
  };
}
