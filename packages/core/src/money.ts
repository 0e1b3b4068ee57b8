/** US dollars × 10⁻⁹, always an integer. A number holds up to 9 million dollars exactly. */
export type NanoUsd = number;

/** What one call or attempt cost. Unknown is a value of its own: it is never 0 (law 9). */
export type Cost = KnownCost | UnknownCost;

/** What is paid, with where the figure is from. */
export interface KnownCost {
  readonly known: true;
  readonly total: NanoUsd;
  /** `provider`: the provider reported it; `price`: price × reported usage; `estimate`: price × estimated usage. */
  readonly source: 'provider' | 'price' | 'estimate';
}

/** Why nobody knows what is paid: never taken for 0. */
export interface UnknownCost {
  readonly known: false;
  readonly reason: 'no-price' | 'no-usage';
}

/** The cost of what nobody is billed for. */
export const FREE: KnownCost = { known: true, total: 0, source: 'price' };

/** Turns dollars, as a price list writes them, into integer nano-dollars. @throws RangeError on NaN, negatives or more than 9 million. */
export function usd(dollars: number): NanoUsd {
  // Adding 0 makes a plain 0 of -0.
  const nanos = Math.round(dollars * 1e9) + 0;
  if (!Number.isSafeInteger(nanos) || nanos < 0) {
    throw new RangeError(`${dollars} is not an amount of dollars between 0 and 9 million.`);
  }
  return nanos;
}

/** `$0.000123`: dollars with up to nine decimals and no trailing zeros, exact. */
export function formatUsd(nanos: NanoUsd): string {
  const digits = Math.abs(nanos).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/u, '');
  const sign = nanos < 0 ? '-' : '';
  return `${sign}$${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The sum of costs; unknown as soon as one of them is, since a part of a bill is not the bill. */
export function sumCosts(costs: readonly Cost[]): Cost {
  let total = 0;
  let source: KnownCost['source'] = 'provider';
  for (const cost of costs) {
    if (!cost.known) return cost;
    total += cost.total;
    if (cost.source === 'estimate' || source === 'estimate') source = 'estimate';
    else if (cost.source === 'price') source = 'price';
  }
  return { known: true, total, source };
}
