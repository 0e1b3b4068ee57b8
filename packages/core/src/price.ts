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

/**
 * Tokens × prices, exact in integers and rounded half up once, at the end. Without the count of a part that has a price, or with one that is no
 * count, the cost is unknown.
 */
export function priceUsage(prices: TokenPrices, usage: Usage): Cost {
  if (!isPriceable(prices, usage)) return { known: false, reason: 'no-usage' };
  const read = usage.cacheReadTokens ?? 0;
  const write1h = usage.cacheWrite1hTokens ?? 0;
  const write = Math.max(0, (usage.cacheWriteTokens ?? 0) - write1h);
  const plain = Math.max(0, (usage.inputTokens ?? 0) - read - write - write1h);
  const writePrice = prices.cacheWrite ?? prices.input;
  const charged = [
    [plain, prices.input],
    [read, prices.cacheRead ?? prices.input],
    [write, writePrice],
    [write1h, prices.cacheWrite1h ?? writePrice],
    [usage.outputTokens ?? 0, prices.output],
  ] as const;
  return {
    known: true,
    total: sumOfProducts(charged),
    source: usage.estimated === true ? 'estimate' : 'price',
  };
}

// Embeddings report no output, and their output has no price.
function isPriceable(prices: TokenPrices, usage: Usage): boolean {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return false;
  if (inputTokens === undefined && prices.input > 0) return false;
  if (outputTokens === undefined && prices.output > 0) return false;
  return [
    inputTokens,
    outputTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.cacheWrite1hTokens,
  ].every((tokens) => tokens === undefined || (Number.isSafeInteger(tokens) && tokens >= 0));
}

// Prices are per million tokens: the sum is in millionths of a nano-dollar. Long contexts on dear models leave the safe integers, and
// only those pay for bigints.
function sumOfProducts(charged: readonly (readonly [tokens: number, price: NanoUsd])[]): NanoUsd {
  let sum = 0;
  for (const [tokens, price] of charged) sum += tokens * price;
  if (sum < Number.MAX_SAFE_INTEGER - 1_000_000) {
    const rounded = sum + 500_000;
    return (rounded - (rounded % 1_000_000)) / 1_000_000;
  }
  let exact = 500_000n;
  for (const [tokens, price] of charged) exact += BigInt(tokens) * BigInt(price);
  return Number(exact / 1_000_000n);
}
