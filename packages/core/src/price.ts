import type { Model } from './model.js';
import type { Cost, NanoUsd } from './money.js';
import type { UnitPrices } from './unit-prices.js';
import { chargeUnits } from './unit-prices.js';
import type { Usage } from './usage.js';

/** Prices of one model in nano-dollars per **million** tokens (so $2.50 per million is 2_500_000_000), all integers. */
export interface TokenPrices {
  /** 0 for a model that is paid by `units` alone. */
  readonly input: NanoUsd;
  readonly output: NanoUsd;
  /** Defaults to `input`. */
  readonly cacheRead?: NanoUsd | undefined;
  /** Defaults to `input`. */
  readonly cacheWrite?: NanoUsd | undefined;
  /** Defaults to `cacheWrite`. */
  readonly cacheWrite1h?: NanoUsd | undefined;
  /** Of the part that is audio. Defaults to `input`. */
  readonly inputAudio?: NanoUsd | undefined;
  /** Of the part that is images. Defaults to `input`. */
  readonly inputImage?: NanoUsd | undefined;
  /** Of the part that is audio. Defaults to `output`. */
  readonly outputAudio?: NanoUsd | undefined;
  /** Of the part that is images. Defaults to `output`. */
  readonly outputImage?: NanoUsd | undefined;
  /** Of what is counted otherwise than in tokens; added to the tokens' price. */
  readonly units?: UnitPrices | undefined;
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
  const units = chargeUnits(prices.units, usage.units);
  if (units === undefined || !isPriceable(prices, usage)) {
    return { known: false, reason: 'no-usage' };
  }
  return {
    known: true,
    total: sumOfProducts(chargedTokens(prices, usage), units),
    source: usage.estimated === true ? 'estimate' : 'price',
  };
}

/** Tokens and their price in turn: one list, since prices are reckoned in the path of each call. */
type Charged = readonly number[];

function chargedTokens(prices: TokenPrices, usage: Usage): Charged {
  const { input, output } = prices;
  const read = usage.cacheReadTokens ?? 0;
  const write1h = usage.cacheWrite1hTokens ?? 0;
  const write = Math.max(0, (usage.cacheWriteTokens ?? 0) - write1h);
  const plain = Math.max(0, (usage.inputTokens ?? 0) - read - write - write1h);
  const writePrice = prices.cacheWrite ?? input;
  const made = usage.outputTokens ?? 0;
  // What is cached and of a kind at once is nowhere told apart: the kinds are taken from what is left. Few models price them apart.
  const heard = prices.inputAudio === undefined ? 0 : Math.min(usage.inputAudioTokens ?? 0, plain);
  const seen =
    prices.inputImage === undefined ? 0 : Math.min(usage.inputImageTokens ?? 0, plain - heard);
  const spoken =
    prices.outputAudio === undefined ? 0 : Math.min(usage.outputAudioTokens ?? 0, made);
  const drawn =
    prices.outputImage === undefined ? 0 : Math.min(usage.outputImageTokens ?? 0, made - spoken);
  const charged = [plain - heard - seen, input, made - spoken - drawn, output];
  add(charged, read, prices.cacheRead ?? input);
  add(charged, write, writePrice);
  add(charged, write1h, prices.cacheWrite1h ?? writePrice);
  add(charged, heard, prices.inputAudio ?? input);
  add(charged, seen, prices.inputImage ?? input);
  add(charged, spoken, prices.outputAudio ?? output);
  add(charged, drawn, prices.outputImage ?? output);
  return charged;
}

// Most calls have none of it.
function add(charged: number[], tokens: number, price: NanoUsd): void {
  if (tokens > 0) charged.push(tokens, price);
}

// Embeddings report no output, and their output has no price; what is paid by units alone need not report any.
function isPriceable(prices: TokenPrices, usage: Usage): boolean {
  const { inputTokens, outputTokens } = usage;
  const nothing = inputTokens === undefined && outputTokens === undefined;
  if (nothing && prices.units === undefined) return false;
  if (inputTokens === undefined && prices.input > 0) return false;
  if (outputTokens === undefined && prices.output > 0) return false;
  return (
    isCount(inputTokens) &&
    isCount(outputTokens) &&
    isCount(usage.cacheReadTokens) &&
    isCount(usage.cacheWriteTokens) &&
    isCount(usage.cacheWrite1hTokens) &&
    isCount(usage.inputAudioTokens) &&
    isCount(usage.inputImageTokens) &&
    isCount(usage.outputAudioTokens) &&
    isCount(usage.outputImageTokens)
  );
}

function isCount(tokens: number | undefined): boolean {
  return tokens === undefined || (Number.isSafeInteger(tokens) && tokens >= 0);
}

// Prices are per million tokens: the sum is in millionths of a nano-dollar. Long contexts on dear models leave the safe integers, and
// only those, and what is paid by units, pay for bigints.
function sumOfProducts(charged: Charged, units: bigint): NanoUsd {
  let sum = 0;
  for (let at = 0; at < charged.length; at += 2) sum += count(charged, at) * count(charged, at + 1);
  if (units === 0n && sum < Number.MAX_SAFE_INTEGER - 1_000_000) {
    const rounded = sum + 500_000;
    return (rounded - (rounded % 1_000_000)) / 1_000_000;
  }
  let exact = 500_000n + units;
  for (let at = 0; at < charged.length; at += 2) {
    exact += BigInt(count(charged, at)) * BigInt(count(charged, at + 1));
  }
  return Number(exact / 1_000_000n);
}

function count(charged: Charged, at: number): number {
  return charged[at] as number;
}
