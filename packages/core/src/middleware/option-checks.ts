import { InferwayError } from '../error.js';

/** The error for an option that cannot work: what is wrong, and the cure. */
export function badOption(param: string, message: string): InferwayError {
  return new InferwayError('configuration', { message, param });
}

/** A time that a timer can run: above 0, and below the 24 days after which Node would fire at once. */
export function checkMs(owner: string, param: string, ms: number): number {
  if (ms > 0 && ms <= 2_147_483_647) return ms;
  throw badOption(
    param,
    `${owner}: ${param} is ${ms}; give milliseconds above 0 and at most 2147483647 (24 days).`,
  );
}

/** A whole number from 1. */
export function checkCount(owner: string, param: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw badOption(param, `${owner}: ${param} is ${count}; give a whole number of 1 or more.`);
}
