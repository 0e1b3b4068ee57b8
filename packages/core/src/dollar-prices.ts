import { usd } from './money.js';
import type { TokenPrices } from './price.js';
import type { UnitPrices } from './unit-prices.js';
import { badOption } from './option-checks.js';

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
  /** Of audio tokens. Default: `input`. */
  readonly inputAudio?: number | undefined;
  /** Of image tokens. Default: `input`. */
  readonly inputImage?: number | undefined;
  /** Of audio tokens. Default: `output`. */
  readonly outputAudio?: number | undefined;
  /** Of image tokens. Default: `output`. */
  readonly outputImage?: number | undefined;
  /** Dollars per image made, minute of audio heard, second of audio made, million characters spoken, second of compute, search. */
  readonly units?: { readonly [Unit in keyof UnitPrices]?: number | undefined } | undefined;
}

/** Reads the entry `name` of a table of prices. @throws {InferwayError} `configuration` for a price that is no amount of dollars. */
export function readDollarPrices(name: string, dollars: DollarPrices): TokenPrices {
  const amount = (part: string, price: unknown, per: string): number | undefined => {
    if (price === undefined) return undefined;
    try {
      if (typeof price === 'number') return usd(price);
    } catch {
      // Named below, together with what is no number at all.
    }
    throw badOption(
      name,
      `prices: ${JSON.stringify(name)} has ${part}: ${String(price)}. Give dollars per ${per}, 0 or more.`,
    );
  };
  const read = (part: Exclude<keyof DollarPrices, 'units'>): number | undefined =>
    amount(part, dollars[part], 'million tokens');
  const { units } = dollars;
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
    inputAudio: read('inputAudio'),
    inputImage: read('inputImage'),
    outputAudio: read('outputAudio'),
    outputImage: read('outputImage'),
    ...(units === undefined
      ? {}
      : {
          units: Object.fromEntries(
            Object.entries(units).map(([unit, price]) => [
              unit,
              amount(`units.${unit}`, price, 'unit'),
            ]),
          ),
        }),
  };
}
