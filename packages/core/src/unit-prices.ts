import type { NanoUsd } from './money.js';
import type { UsageUnits } from './usage.js';

/** Prices in nano-dollars of what is not counted in tokens, all integers. */
export interface UnitPrices {
  /** Per image made. */
  readonly image?: NanoUsd | undefined;
  /** Per minute of audio heard. */
  readonly inputAudioMinute?: NanoUsd | undefined;
  /** Per second of audio or video made. */
  readonly outputSecond?: NanoUsd | undefined;
  /** Per million characters spoken. */
  readonly millionCharacters?: NanoUsd | undefined;
  /** Per second for which the model's machine worked. */
  readonly computeSecond?: NanoUsd | undefined;
  /** Per search of a rerank. */
  readonly search?: NanoUsd | undefined;
}

/** Each price with the count that it is for, and how many of that count one price buys. */
const COUNTED: readonly (readonly [keyof UnitPrices, keyof UsageUnits, per: bigint])[] = [
  ['image', 'images', 1n],
  ['inputAudioMinute', 'inputAudioSeconds', 60n],
  ['outputSecond', 'outputSeconds', 1n],
  ['millionCharacters', 'inputCharacters', 1_000_000n],
  ['computeSecond', 'computeSeconds', 1n],
  ['search', 'searches', 1n],
];

const MILLION = 1_000_000;

/**
 * Units × prices in millionths of a nano-dollar, counts taken to the millionth (seconds have fractions). Undefined where the count of a unit
 * that has a price is not known, or is none.
 */
export function chargeUnits(
  prices: UnitPrices | undefined,
  units: UsageUnits | undefined,
): bigint | undefined {
  if (prices === undefined) return 0n;
  let sum = 0n;
  for (const [unit, counted, per] of COUNTED) {
    const price = prices[unit];
    if (price === undefined || price === 0) continue;
    const millionths = Math.round((units?.[counted] ?? Number.NaN) * MILLION);
    if (!Number.isSafeInteger(millionths) || millionths < 0) return undefined;
    sum += (BigInt(millionths) * BigInt(price)) / per;
  }
  return sum;
}
