import { usd } from '../../money.js';
import type { TokenPrices } from '../../price.js';
import { badOption } from '../option-checks.js';

/** Dollars per million tokens, as price lists write them. */
export interface DollarPrices {
  readonly input: number;
  /** Write 0 for a model that puts out no tokens (embeddings). */
  readonly output: number;
  /** Default: `input`. */
  readonly cacheRead?: number | undefined;
  /** Default: `input`. */
  readonly cacheWrite?: number | undefined;
  /** Default: `cacheWrite`. */
  readonly cacheWrite1h?: number | undefined;
}

/** Reads the entry `name` of a table of prices. @throws {InferwayError} `configuration` for a price that is no amount of dollars. */
export function readDollarPrices(name: string, dollars: DollarPrices): TokenPrices {
  const read = (part: keyof DollarPrices): number | undefined => {
    const price = dollars[part];
    if (price === undefined) return undefined;
    try {
      if (typeof price === 'number') return usd(price);
    } catch {
      // Named below, together with what is no number at all.
    }
    throw badOption(
      name,
      `prices: ${JSON.stringify(name)} has ${part}: ${String(price)}. Give dollars per million tokens, 0 or more.`,
    );
  };
  const input = read('input');
  const output = read('output');
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1 || input === undefined || output === undefined) {
    throw badOption(
      name,
      `prices: ${JSON.stringify(name)} must be "provider/model" or "provider/*", with input and output prices.`,
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
