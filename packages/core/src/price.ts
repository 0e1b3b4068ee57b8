import type { Model } from './model.js';
import type { Cost, NanoUsd } from './money.js';
import type { Usage } from './usage.js';

/** Prices of one model in nano-dollars per **million** tokens (so $2.50 per million is 2_500_000_000), all integers. */
export interface TokenPrices {
  readonly input: NanoUsd;
  readonly output: NanoUsd;
  /** Defaults to `input`. */
  readonly cacheRead?: NanoUsd | undefined;
  /** Defaults to `input`. */
  readonly cacheWrite?: NanoUsd | undefined;
  /** Defaults to `cacheWrite`. */
  readonly cacheWrite1h?: NanoUsd | undefined;
}

/** Where prices come from. A table in memory, or `@inferway/prices`. */
export interface PriceBook {
  /**
   * The cost of `usage` on `model` at `at` (epoch milliseconds), or undefined where no price is known.
   * `servedBy` is the provider behind a router, where one is known.
   */
  cost(model: Model, usage: Usage, at: number, servedBy?: string): Cost | undefined;
}

/** Tokens × prices, exact in integers and rounded half up once, at the end. */
export function priceUsage(prices: TokenPrices, usage: Usage): Cost {
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) {
    return { known: false, reason: 'no-usage' };
  }
  const read = usage.cacheReadTokens ?? 0;
  const write1h = usage.cacheWrite1hTokens ?? 0;
  const write = Math.max(0, (usage.cacheWriteTokens ?? 0) - write1h);
  const plain = Math.max(0, (usage.inputTokens ?? 0) - read - write - write1h);
  const writePrice = prices.cacheWrite ?? prices.input;
  const micro =
    product(plain, prices.input) +
    product(read, prices.cacheRead ?? prices.input) +
    product(write, writePrice) +
    product(write1h, prices.cacheWrite1h ?? writePrice) +
    product(usage.outputTokens ?? 0, prices.output);
  return {
    known: true,
    total: Number((micro + 500_000n) / 1_000_000n),
    source: usage.estimated === true ? 'estimate' : 'price',
  };
}

// Tokens × price leaves the safe integers for long contexts on dear models: bigint, and only here.
function product(tokens: number, price: NanoUsd): bigint {
  return tokens === 0 ? 0n : BigInt(tokens) * BigInt(price);
}
