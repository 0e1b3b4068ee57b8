import {
  LEDGER_COLUMNS,
  checkLedgerQuery,
  checkLedgerRows,
  exactTotal,
  ledgerConditions,
  ledgerPage,
  ledgerRecord,
  readLedgerPlace,
  rowOfRecord,
  sortedSums,
  storedText,
  sumOfRecord,
  type Ledger,
  type LedgerGroup,
  type LedgerQuery,
  type LedgerRecord,
  type LedgerRow,
} from '@inferway/core/stores';
import { Database, type SqliteOptions } from './database.js';

const NAMES = LEDGER_COLUMNS.map((name) => `"${name}"`).join(', ');
const INSERT = `INSERT INTO ledger (${NAMES}) VALUES (${LEDGER_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;
const TOTALS = `count(*) AS attempts,
  coalesce(sum(input_tokens), 0) AS input_tokens,
  coalesce(sum(output_tokens), 0) AS output_tokens,
  coalesce(sum(cost), 0) AS cost,
  coalesce(sum(cost) FILTER (WHERE cost_source = 'estimate'), 0) AS estimated_cost,
  count(*) FILTER (WHERE cost IS NULL AND cost_source <> 'none') AS unknown`;

/**
 * A ledger in an SQLite file. Several processes of one machine may write to one file. Each append is one transaction, which the event loop
 * waits for: some milliseconds for a few hundred rows.
 *
 * @throws {InferwayError} `configuration` for options that cannot work and a file that cannot be used.
 */
export function createSqliteLedger(options: SqliteOptions): Ledger {
  const database = new Database('createSqliteLedger', options);
  return {
    async append(rows) {
      checkLedgerRows(rows);
      if (rows.length === 0) return;
      const values = rows.map(valuesOf);
      await database.write(() => {
        const insert = database.statement(INSERT);
        for (const row of values) insert.run(...row);
      });
    },
    async sum(query, by = []) {
      checkLedgerQuery(query, by);
      const { sql, values } = sumQuery(query, by);
      const found = await database.run(() => {
        const statement = database.statement(sql);
        statement.setReadBigInts(true);
        return inRange(() => statement.all(...values)) as readonly Record<
          string,
          bigint | string
        >[];
      });
      return sortedSums(
        found.map((sum) => sumOfRecord(sum, by)),
        by,
      );
    },
    async rows(query, page) {
      checkLedgerQuery(query);
      const { limit, after } = readLedgerPlace(page);
      const { conditions, values } = where(query);
      if (after !== undefined) {
        conditions.push('(at, id) > (?, ?)');
        values.push(after.at, storedText(after.id));
      }
      const sql = `SELECT ${NAMES} FROM ledger${clause(conditions)} ORDER BY at, id LIMIT ?`;
      const found = await database.run(
        () => database.statement(sql).all(...values, limit + 1) as unknown as StoredRecord[],
      );
      return ledgerPage(found.map(rowOfStored), limit);
    },
    close: () => database.close(),
  };
}

type StoredRecord = Omit<LedgerRecord, 'tags' | 'possibly_billed'> & {
  readonly tags: string | null;
  readonly possibly_billed: number;
};

function valuesOf(row: LedgerRow): (string | number | null)[] {
  const record = ledgerRecord(row);
  return LEDGER_COLUMNS.map((name) => {
    const value = record[name];
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string);
  });
}

function rowOfStored(record: StoredRecord): LedgerRow {
  const tags = record.tags === null ? null : (JSON.parse(record.tags) as string[]);
  return rowOfRecord({ ...record, tags, possibly_billed: record.possibly_billed === 1 });
}

interface Where {
  readonly conditions: string[];
  readonly values: (string | number)[];
}

function where(query: LedgerQuery): Where {
  const asked = ledgerConditions(query);
  return {
    conditions: asked.map(({ column, operator }) =>
      column === 'tag'
        ? 'EXISTS (SELECT 1 FROM json_each(ledger.tags) WHERE value = ?)'
        : `ledger."${column}" ${operator} ?`,
    ),
    values: asked.map(({ value }) => value),
  };
}

function clause(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function sumQuery(
  query: LedgerQuery,
  by: readonly LedgerGroup[],
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const { conditions, values } = where(query);
  const groups = by.map((name) => `${expressionOf(name)} AS "by_${name}"`);
  // One row for each of a row's tags; one with '' where it has none.
  const from = by.includes('tag')
    ? `ledger JOIN json_each(CASE WHEN coalesce(json_array_length(ledger.tags), 0) = 0 THEN '[""]' ELSE (SELECT json_group_array(value) FROM (SELECT DISTINCT value FROM json_each(ledger.tags))) END) AS told`
    : 'ledger';
  const grouped =
    by.length === 0 ? '' : ` GROUP BY ${by.map((_name, index) => index + 1).join(', ')}`;
  return {
    sql: `SELECT ${[...groups, TOTALS].join(', ')} FROM ${from}${clause(conditions)}${grouped}`,
    values,
  };
}

function expressionOf(group: LedgerGroup): string {
  if (group === 'tag') return 'told.value';
  if (group === 'day') return `strftime('%Y-%m-%d', ledger.at / 1000, 'unixepoch')`;
  return `coalesce(ledger."${group}", '')`;
}

// SQLite refuses sums above 2⁶³ by itself.
function inRange<T>(read: () => T): T {
  try {
    return read();
  } catch (reason) {
    if (reason instanceof Error && reason.message.includes('integer overflow')) {
      exactTotal(Number.POSITIVE_INFINITY, 'a column');
    }
    throw reason;
  }
}
