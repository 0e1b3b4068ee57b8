import { InferwayError } from './error.js';

/** The error for an option that cannot work: what is wrong, and the cure. */
export function badOption(param: string, message: string): InferwayError {
  return new InferwayError('configuration', { message, param });
}

/** A time that a timer can run: above 0, and below the 24 days after which Node would fire at once. */
export function checkMs(owner: string, param: string, ms: number): number {
  if (typeof ms === 'number' && ms > 0 && ms <= 2_147_483_647) return ms;
  throw badOption(
    param,
    `${owner}: ${param} is ${shown(ms)}; give milliseconds above 0 and at most 2147483647 (24 days).`,
  );
}

/** A whole number from 1. */
export function checkCount(owner: string, param: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw badOption(
    param,
    `${owner}: ${param} is ${shown(count)}; give a whole number of 1 or more.`,
  );
}

/** A whole number from 0. */
export function checkAmount(owner: string, param: string, amount: number): number {
  if (Number.isSafeInteger(amount) && amount >= 0) return amount;
  throw badOption(
    param,
    `${owner}: ${param} is ${shown(amount)}; give a whole number of 0 or more.`,
  );
}

/** A share: above 0 and at most 1. */
export function checkShare(owner: string, param: string, share: number): number {
  if (typeof share === 'number' && share > 0 && share <= 1) return share;
  throw badOption(
    param,
    `${owner}: ${param} is ${shown(share)}; give a number above 0 and at most 1.`,
  );
}

/** A function, or nothing: what is found out when it is first called would fail the call. */
export function checkFunction<F>(owner: string, param: string, given: F): F {
  if (given === undefined || typeof given === 'function') return given;
  throw badOption(param, `${owner}: ${param} is no function. Give one, or leave it out.`);
}

/** An object that has these functions, or nothing; `cure` says what to give. */
export function checkObject<T>(
  owner: string,
  param: string,
  given: T,
  functions: readonly string[],
  cure: string,
): T {
  if (given === undefined) return given;
  const missing = functions.find((name) => typeof Object(given)[name] !== 'function');
  if (missing === undefined) return given;
  throw badOption(param, `${owner}: ${param} has no ${missing}(). ${cure}`);
}

/** A book of prices, or nothing: with one that is none, nothing would ever have a price. */
export function checkPriceBook<T>(owner: string, prices: T): T {
  const cure = 'Give priceTable({ … }), or the book of @inferway/prices.';
  return checkObject(owner, 'prices', prices, ['cost'], cure);
}

/** True or false; false where it is not given. */
export function checkFlag(owner: string, param: string, flag: boolean | undefined): boolean {
  if (flag === undefined || typeof flag === 'boolean') return flag === true;
  throw badOption(param, `${owner}: ${param} is ${shown(flag)}; give true or false.`);
}

// What comes from an environment or a file is often text: "5" must not look like 5 in the message that refuses it.
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
