import { formatUsd, type NanoUsd } from '@inferway/core';

/** `0.000123`: an amount as headers have it, in dollars without a sign or an exponent. */
export function dollars(amount: NanoUsd): string {
  return formatUsd(amount).replace('$', '');
}
