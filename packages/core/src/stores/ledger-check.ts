import { InferwayError } from '../error.js';
import { LEDGER_GROUPS, type LedgerGroup, type LedgerQuery, type LedgerRow } from './ledger.js';

const STATUSES: readonly string[] = ['complete', 'failed', 'cancelled', 'abandoned'];
const SOURCES: readonly string[] = ['provider', 'price', 'estimate', 'unknown', 'none'];
// The end of the year 9999, after which days have no common form.
const LAST_DAY = 253_402_300_799_999;
const LONGEST_PAGE = 1000;
const DEFAULT_PAGE = 100;

/**
 * Refuses rows that no ledger could add up, before any is written.
 *
 * @throws {InferwayError} `invalid_request` with `param`: the member at fault. Such a row stays wrong: it is not to be tried again.
 */
export function checkLedgerRows(rows: readonly LedgerRow[]): void {
  for (const row of rows) {
    if (typeof row.id !== 'string' || row.id === '') throw badRow('id', row.id);
    if (!(Number.isSafeInteger(row.at) && row.at >= 0 && row.at <= LAST_DAY)) {
      throw badRow('at', row.at);
    }
    if (!Number.isSafeInteger(row.attempt) || row.attempt < 1) throw badRow('attempt', row.attempt);
    if (!STATUSES.includes(row.status)) throw badRow('status', row.status);
    if (!SOURCES.includes(row.costSource)) throw badRow('costSource', row.costSource);
    const { durationMs } = row;
    if (durationMs !== undefined && !(durationMs >= 0 && durationMs < Infinity)) {
      throw badRow('durationMs', durationMs);
    }
    // One by one: every row passes here, and reading members by computed names costs several times as much.
    checkRowCount('inputTokens', row.inputTokens);
    checkRowCount('outputTokens', row.outputTokens);
    checkRowCount('cacheReadTokens', row.cacheReadTokens);
    checkRowCount('cacheWriteTokens', row.cacheWriteTokens);
    checkRowCount('reasoningTokens', row.reasoningTokens);
    checkRowCount('cost', row.cost);
  }
}

/** Whether a figure can be a row's tokens or cost. */
export function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

function checkRowCount(name: string, count: number | undefined): void {
  if (count !== undefined && !isCount(count)) throw badRow(name, count);
}

function badRow(param: string, value: unknown): InferwayError {
  const shown = typeof value === 'number' ? String(value) : typeof value;
  return new InferwayError('invalid_request', {
    message: `A ledger row has ${param}: ${shown}, which cannot be written. Give what LedgerRow says: whole numbers of 0 or more, known words, an id.`,
    param,
  });
}

/** What a query asks for, checked. @throws {InferwayError} `invalid_request` for times that are none and groups that nobody knows. */
export function checkLedgerQuery(query: LedgerQuery, by: readonly LedgerGroup[] = []): void {
  for (const name of ['from', 'to'] as const) {
    const time = query[name];
    if (time !== undefined && (typeof time !== 'number' || Number.isNaN(time))) {
      throw badQuery(name, `${name} is ${time}; give epoch milliseconds.`);
    }
  }
  for (const group of by) {
    if (!LEDGER_GROUPS.includes(group)) {
      throw badQuery(
        'by',
        `cannot group by ${JSON.stringify(group)}. Known: ${LEDGER_GROUPS.join(', ')}.`,
      );
    }
  }
  if (new Set(by).size !== by.length) throw badQuery('by', 'groups by the same twice.');
}

/** Where a page begins: behind the row that has this time and id. */
export interface LedgerCursor {
  readonly at: number;
  readonly id: string;
}

/** Which page of rows, checked. */
export interface LedgerPlace {
  readonly limit: number;
  readonly after: LedgerCursor | undefined;
}

/** Reads which page is wanted. @throws {InferwayError} `invalid_request` for a limit out of 1–1,000 or an `after` that no page gave. */
export function readLedgerPlace(
  page: { readonly limit?: number; readonly after?: string } = {},
): LedgerPlace {
  const limit = page.limit ?? DEFAULT_PAGE;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LONGEST_PAGE) {
    throw badQuery('limit', `limit is ${limit}; give a whole number from 1 to ${LONGEST_PAGE}.`);
  }
  if (page.after === undefined) return { limit, after: undefined };
  const [, at = '', id = ''] = /^(-?\d{1,16})\|(.+)$/su.exec(page.after) ?? [];
  if (id === '' || !Number.isSafeInteger(Number(at))) {
    throw badQuery(
      'after',
      'after is not the "next" of a page. Give it as it was, or leave it out.',
    );
  }
  return { limit, after: { at: Number(at), id } };
}

/** The page made of rows that were read one further than `limit`, oldest first. */
export function ledgerPage(
  found: readonly LedgerRow[],
  limit: number,
): { readonly rows: readonly LedgerRow[]; readonly next?: string } {
  if (found.length <= limit) return { rows: found };
  const rows = found.slice(0, limit);
  const last = rows[limit - 1] as LedgerRow;
  return { rows, next: `${last.at}|${last.id}` };
}

function badQuery(param: string, what: string): InferwayError {
  return new InferwayError('invalid_request', { message: `The ledger's query ${what}`, param });
}
