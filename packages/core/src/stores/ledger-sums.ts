import { InferwayError } from '../error.js';
import type { LedgerGroup, LedgerSum } from './ledger.js';

/**
 * A total as a number, which holds 2⁵³−1 exactly (9 million dollars in nano-dollars). Above that it is an error, never a rounded figure.
 *
 * @throws {InferwayError} `too_large`.
 */
export function exactTotal(total: bigint | string | number, what: string): number {
  const exact = Number(total);
  if (Number.isSafeInteger(exact)) return exact;
  throw new InferwayError('too_large', {
    message: `The ledger's total of ${what} is ${total}, more than a number holds exactly. Ask for a shorter time, or tell the sums apart by more groups.`,
    param: what,
  });
}

/** A sum from a database's row: a column for each total, named in snake case, and one for each group, `by_user`. @throws {InferwayError} `too_large`. */
export function sumOfRecord(
  record: Readonly<Record<string, bigint | string>>,
  by: readonly LedgerGroup[],
): LedgerSum {
  const total = (column: string): number => exactTotal(record[column] ?? Number.NaN, column);
  return {
    group: Object.fromEntries(by.map((name) => [name, String(record[`by_${name}`] ?? '')])),
    attempts: total('attempts'),
    inputTokens: total('input_tokens'),
    outputTokens: total('output_tokens'),
    cost: total('cost'),
    estimatedCost: total('estimated_cost'),
    unknown: total('unknown'),
  };
}

/** Sums in the order of their groups, the same in every ledger. */
export function sortedSums(
  sums: readonly LedgerSum[],
  by: readonly LedgerGroup[],
): readonly LedgerSum[] {
  return sums.toSorted((one, other) => {
    for (const name of by) {
      const [left, right] = [one.group[name] ?? '', other.group[name] ?? ''];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
}
