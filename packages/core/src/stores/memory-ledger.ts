import { checkCount } from '../option-checks.js';
import { checkLedgerQuery, checkLedgerRows, ledgerPage, readLedgerPlace } from './ledger-check.js';
import { exactTotal, sortedSums } from './ledger-sums.js';
import { RowRing } from './memory-ledger/row-ring.js';
import type { Ledger, LedgerGroup, LedgerRow, LedgerSum } from './ledger.js';

export interface MemoryLedgerOptions {
  /**
   * Above it the oldest written rows are forgotten, and no sum has them any more. A row that is written again counts for this as one more, and for
   * nothing else. Default 100,000.
   */
  readonly maxRows?: number | undefined;
}

/** A ledger in this process, for tests, tools and programs that look at their spend while they run. Bounded: it forgets the oldest rows. */
export function memoryLedger(options: MemoryLedgerOptions = {}): Ledger {
  const ring = new RowRing(checkCount('memoryLedger', 'maxRows', options.maxRows ?? 100_000));

  return {
    async append(rows) {
      checkLedgerRows(rows);
      for (const row of rows) ring.add(row);
    },
    async sum(query, by = []) {
      checkLedgerQuery(query, by);
      return sortedSums(addUp(ring.matching(query), by), by);
    },
    async rows(query, page) {
      checkLedgerQuery(query);
      const { limit, after } = readLedgerPlace(page);
      const found = ring.matching(query).toSorted(inOrder);
      const start = after === undefined ? 0 : found.findIndex((row) => inOrder(row, after) > 0);
      const rows = start === -1 ? [] : found.slice(start, start + limit + 1);
      return ledgerPage(rows.map(shown), limit);
    },
  };
}

/** A row for a reader: what is not known is absent. */
function shown(row: LedgerRow): LedgerRow {
  return { ...known(row), caller: known(row.caller) };
}

function known<T extends object>(members: T): T {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as T;
}

type Place = Pick<LedgerRow, 'at' | 'id'>;

function inOrder(one: Place, other: Place): number {
  if (one.at !== other.at) return one.at - other.at;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

interface Total {
  readonly group: LedgerSum['group'];
  attempts: number;
  inputTokens: bigint;
  outputTokens: bigint;
  cost: bigint;
  estimatedCost: bigint;
  unknown: number;
}

function addUp(rows: readonly LedgerRow[], by: readonly LedgerGroup[]): LedgerSum[] {
  const totals = new Map<string, Total>();
  const totalOf = (values: readonly string[]): Total => {
    const name = JSON.stringify(values);
    const known = totals.get(name);
    if (known !== undefined) return known;
    const group = Object.fromEntries(by.map((one, index) => [one, values[index]]));
    const zero = { attempts: 0, unknown: 0 };
    const none = { inputTokens: 0n, outputTokens: 0n, cost: 0n, estimatedCost: 0n };
    const total: Total = { group, ...zero, ...none };
    totals.set(name, total);
    return total;
  };
  if (by.length === 0) totalOf([]);
  for (const row of rows) for (const values of groupsOf(row, by)) add(totalOf(values), row);
  return [...totals.values()].map((total) => ({
    ...total,
    inputTokens: exactTotal(total.inputTokens, 'inputTokens'),
    outputTokens: exactTotal(total.outputTokens, 'outputTokens'),
    cost: exactTotal(total.cost, 'cost'),
    estimatedCost: exactTotal(total.estimatedCost, 'estimatedCost'),
  }));
}

function add(total: Total, row: LedgerRow): void {
  const cost = BigInt(row.cost ?? 0);
  total.attempts++;
  total.inputTokens += BigInt(row.inputTokens ?? 0);
  total.outputTokens += BigInt(row.outputTokens ?? 0);
  total.cost += cost;
  if (row.costSource === 'estimate') total.estimatedCost += cost;
  if (row.cost === undefined && row.costSource !== 'none') total.unknown++;
}

/** The combinations of values that a row counts in: one, or one for each of its tags. */
function groupsOf(row: LedgerRow, by: readonly LedgerGroup[]): readonly (readonly string[])[] {
  const tags = row.caller.tags === undefined ? [] : [...new Set(row.caller.tags)];
  const told = by.includes('tag') && tags.length > 0 ? tags : [''];
  return told.map((tag) => by.map((group) => valueOf(row, group, tag)));
}

function valueOf(row: LedgerRow, group: LedgerGroup, tag: string): string {
  switch (group) {
    case 'tag':
      return tag;
    case 'day':
      return new Date(row.at).toISOString().slice(0, 10);
    case 'tenant':
    case 'key':
    case 'user':
    case 'team':
      return row.caller[group] ?? '';
    default:
      return row[group];
  }
}
