import { createHash } from 'node:crypto';
import {
  LEDGER_COLUMNS,
  checkLedgerQuery,
  checkLedgerRows,
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
} from '@inferway/core/stores';
import { Connection } from './connection.js';
import { BY_PREFIX } from './migrations.js';
import { readPostgresOptions, type PostgresOptions } from './postgres-options.js';

/** A ledger in Postgres. */
export interface PostgresLedger extends Ledger {
  /** Makes the tables, or brings them to this release's version; any number of processes may do so at once. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<keyof LedgerRecord, string>> = {
  id: 'text',
  call_id: 'text',
  attempt: 'bigint',
  at: 'bigint',
  duration_ms: 'double precision',
  tenant: 'text',
  key: 'text',
  user: 'text',
  team: 'text',
  tags: 'text[]',
  operation: 'text',
  provider: 'text',
  model: 'text',
  served_by: 'text',
  credential: 'text',
  request_id: 'text',
  status: 'text',
  error: 'text',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cache_read_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cost: 'bigint',
  cost_source: 'text',
  possibly_billed: 'boolean',
};
const NAMES = LEDGER_COLUMNS.map((name) => `"${name}"`).join(', ');
const TYPED = LEDGER_COLUMNS.map((name) => `"${name}" ${TYPES[name]}`).join(', ');
// The driver gives a bigint as text: it holds more than a number.
const BIGINTS = LEDGER_COLUMNS.filter((name) => TYPES[name] === 'bigint');
const TOTALS = `count(*)::text AS attempts,
  coalesce(sum(input_tokens), 0)::text AS input_tokens,
  coalesce(sum(output_tokens), 0)::text AS output_tokens,
  coalesce(sum(cost), 0)::text AS cost,
  coalesce(sum(cost) FILTER (WHERE cost_source = 'estimate'), 0)::text AS estimated_cost,
  count(*) FILTER (WHERE cost IS NULL AND cost_source <> 'none')::text AS unknown`;

/**
 * A ledger in Postgres (13 or newer), for any number of processes. One statement appends all rows of a batch or none, and leaves alone those
 * whose ids are there. Every operation ends within `timeoutMs`, also where the server is frozen.
 *
 * @throws {InferwayError} `configuration` for options that cannot work. The server is first asked at the first use.
 */
export function createPostgresLedger(options: PostgresOptions): PostgresLedger {
  const connection = new Connection(readPostgresOptions('createPostgresLedger', options));
  const table = `${connection.schema}.ledger`;
  const insert = `INSERT INTO ${table} (hash, ${NAMES}) SELECT decode(hash, 'hex'), ${NAMES} FROM json_to_recordset($1::json) AS given (hash text, ${TYPED}) ON CONFLICT (hash) DO NOTHING`;
  return {
    migrate: () => connection.migrate(),
    async append(rows) {
      checkLedgerRows(rows);
      if (rows.length === 0) return;
      const records = rows
        .map(ledgerRecord)
        .map((record) => ({ hash: hashOf(record.id), ...record }));
      // In one order everywhere: two processes that write the same rows would otherwise wait for each other.
      records.sort((one, other) => (one.hash < other.hash ? -1 : 1));
      await connection.query(insert, [JSON.stringify(records)]);
    },
    async sum(query, by = []) {
      checkLedgerQuery(query, by);
      const { clause, values } = where(query);
      const groups = by.map((name) => `${expressionOf(name)} AS "by_${name}"`);
      const from = by.includes('tag')
        ? `${table} AS row CROSS JOIN LATERAL ${TOLD} AS told (tag)`
        : `${table} AS row`;
      const grouped =
        by.length === 0 ? '' : ` GROUP BY ${by.map((_name, index) => index + 1).join(', ')}`;
      const found = await connection.query<Record<string, string>>(
        `SELECT ${[...groups, TOTALS].join(', ')} FROM ${from}${clause}${grouped}`,
        values,
      );
      return sortedSums(
        found.map((sum) => sumOfRecord(sum, by)),
        by,
      );
    },
    async rows(query, page) {
      checkLedgerQuery(query);
      const { limit, after } = readLedgerPlace(page);
      const { clause, values } = where(query);
      const behind =
        after === undefined
          ? ''
          : `${clause === '' ? ' WHERE' : ' AND'} (at, hash) > ($${values.push(after.at)}, decode($${values.push(hashOf(storedText(after.id)))}, 'hex'))`;
      const sql = `SELECT ${NAMES} FROM ${table} AS row${clause}${behind} ORDER BY at, hash LIMIT $${values.push(limit + 1)}`;
      const found = await connection.query<Record<string, unknown>>(sql, values);
      return ledgerPage(
        found.map((record) => rowOfRecord(withNumbers(record))),
        limit,
      );
    },
    close: () => connection.close(),
  };
}

// One for each of a row's tags; '' where it has none.
const TOLD = `(SELECT DISTINCT unnest(CASE WHEN cardinality(row.tags) > 0 THEN row.tags ELSE ARRAY[''] END))`;

interface Where {
  readonly clause: string;
  readonly values: (string | number)[];
}

function where(query: LedgerQuery): Where {
  const values: (string | number)[] = [];
  const conditions = ledgerConditions(query).map(({ column, operator, value }) => {
    const place = `$${values.push(value)}`;
    if (column === 'tag') return `${place}::text = ANY (row.tags)`;
    const plain = `row."${column}" ${operator} ${place}::${TYPES[column]}`;
    return BY_PREFIX.has(column)
      ? `left(row."${column}", 100) = left(${place}::text, 100) AND ${plain}`
      : plain;
  });
  return { clause: conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`, values };
}

function expressionOf(group: LedgerGroup): string {
  if (group === 'tag') return 'told.tag';
  if (group === 'day') {
    return `to_char(timestamp 'epoch' + (row.at / 86400000) * interval '1 day', 'YYYY-MM-DD')`;
  }
  return `coalesce(row."${group}", '')`;
}

function withNumbers(record: Readonly<Record<string, unknown>>): LedgerRecord {
  const numbers = BIGINTS.map((name) => {
    const value = record[name];
    return [name, value === null ? null : Number(value)];
  });
  return { ...record, ...Object.fromEntries(numbers) } as LedgerRecord;
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
