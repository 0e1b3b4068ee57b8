import type { Ledger, LedgerQuery, LedgerRow } from '@inferway/core/stores';
import { inTime } from '../../provider/in-time.js';

/** All rows that fit, page by page. */
export async function allRows(
  ledger: Ledger,
  query: LedgerQuery,
  limit?: number,
): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = [];
  let after: string | undefined;
  do {
    const page = await inTime(
      ledger.rows(query, {
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
      }),
      'a page of rows',
    );
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

/** A row as a reader sees it: members that are undefined and members that are absent are the same. */
export function told(row: LedgerRow): unknown {
  return JSON.parse(JSON.stringify(row));
}
