import { badOption, checkMs } from '../option-checks.js';
import type { QuotaLimit, Reservation, Settlement } from './quota-store.js';
import { SPEND_PERIODS } from './spend-period.js';

const LONGEST_KEY = 200;
const LONGEST_ID = 1000;
const LAPSES: readonly string[] = ['spent', 'free'];

/**
 * For the authors of quota stores: refuses what would spoil a counter for everybody who shares it (NaN, fractions, negative amounts, names
 * without end).
 *
 * @throws {InferwayError} `configuration`, `param` names the field.
 */
export function checkReservation({ id, limits, leaseMs }: Reservation): void {
  checkId(id);
  checkLimits(limits);
  checkMs('reserve', 'leaseMs', leaseMs);
}

/** The same for what is settled. */
export function checkSettlement({ id, limits, actual }: Settlement): void {
  checkId(id);
  checkLimits(limits);
  checkAmounts(actual);
}

/** The same for what was used. */
export function checkAmounts(actual: readonly (number | undefined)[]): void {
  for (const amount of actual) if (amount !== undefined) checkWhole('actual', amount);
}

/** The same for limits. */
export function checkLimits(limits: readonly QuotaLimit[]): void {
  for (const limit of limits) {
    if (limit.key.length > LONGEST_KEY) {
      throw badOption(
        'key',
        `quota: a key has ${limit.key.length} characters; shorten or hash it to ${LONGEST_KEY}.`,
      );
    }
    // Not `limit < 0`: NaN is not below 0 either, and nothing would ever be above it.
    if (!(limit.limit >= 0)) {
      throw badOption('limit', `quota: limit is ${limit.limit}; give a number of 0 or more.`);
    }
    if (limit.kind === 'places') continue;
    checkWhole('amount', limit.amount);
    if (limit.kind === 'window') checkMs('quota', 'windowMs', limit.windowMs);
    else if (!SPEND_PERIODS.includes(limit.period)) {
      throw badOption(
        'period',
        `quota: period is "${limit.period}"; use one of ${SPEND_PERIODS.join(', ')}.`,
      );
    } else if (limit.lapse !== undefined && !LAPSES.includes(limit.lapse)) {
      throw badOption(
        'lapse',
        `quota: lapse is "${String(limit.lapse)}"; use one of ${LAPSES.join(', ')}.`,
      );
    }
  }
}

/** The same for what a counter had used before. */
export function checkWhole(param: string, amount: number): void {
  if (Number.isSafeInteger(amount) && amount >= 0) return;
  throw badOption(param, `quota: ${param} is ${amount}; give a whole number of 0 or more.`);
}

function checkId(id: string): void {
  if (id.length > 0 && id.length <= LONGEST_ID) return;
  throw badOption(
    'id',
    `quota: an id has ${id.length} characters; give it from 1 to ${LONGEST_ID}.`,
  );
}
