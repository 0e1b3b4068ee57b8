import type { Caller } from '../caller.js';
import type { LedgerQuery, LedgerRow } from './ledger.js';

/** A ledger row as a table has it: flat, `null` for what is not known. The names are those of the columns. */
export interface LedgerRecord {
  readonly id: string;
  readonly call_id: string;
  readonly attempt: number;
  readonly at: number;
  readonly duration_ms: number | null;
  readonly tenant: string | null;
  readonly key: string | null;
  readonly user: string | null;
  readonly team: string | null;
  readonly tags: readonly string[] | null;
  readonly operation: string;
  readonly provider: string;
  readonly model: string;
  readonly served_by: string | null;
  readonly credential: string | null;
  readonly request_id: string | null;
  readonly status: string;
  readonly error: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly cost: number | null;
  readonly cost_source: string;
  readonly possibly_billed: boolean;
}

// Each of them, and no other: the compiler sees to it.
const EVERY_COLUMN: Readonly<Record<keyof LedgerRecord, true>> = {
  id: true,
  call_id: true,
  attempt: true,
  at: true,
  duration_ms: true,
  tenant: true,
  key: true,
  user: true,
  team: true,
  tags: true,
  operation: true,
  provider: true,
  model: true,
  served_by: true,
  credential: true,
  request_id: true,
  status: true,
  error: true,
  input_tokens: true,
  output_tokens: true,
  cache_read_tokens: true,
  cache_write_tokens: true,
  reasoning_tokens: true,
  cost: true,
  cost_source: true,
  possibly_billed: true,
};

/** The columns of a table of rows. */
export const LEDGER_COLUMNS: readonly (keyof LedgerRecord)[] = Object.keys(
  EVERY_COLUMN,
) as (keyof LedgerRecord)[];

/** Text as every database keeps it: no NUL, which Postgres has no place for, and no half of a character. Also for what is looked for. */
export function storedText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** A row for a table. */
export function ledgerRecord(row: LedgerRow): LedgerRecord {
  const { caller } = row;
  return {
    id: storedText(row.id),
    call_id: storedText(row.callId),
    attempt: row.attempt,
    at: row.at,
    duration_ms: row.durationMs ?? null,
    tenant: optional(caller.tenant),
    key: optional(caller.key),
    user: optional(caller.user),
    team: optional(caller.team),
    tags: caller.tags?.map(storedText) ?? null,
    operation: storedText(row.operation),
    provider: storedText(row.provider),
    model: storedText(row.model),
    served_by: optional(row.servedBy),
    credential: optional(row.credential),
    request_id: optional(row.requestId),
    status: row.status,
    error: optional(row.error),
    input_tokens: row.inputTokens ?? null,
    output_tokens: row.outputTokens ?? null,
    cache_read_tokens: row.cacheReadTokens ?? null,
    cache_write_tokens: row.cacheWriteTokens ?? null,
    reasoning_tokens: row.reasoningTokens ?? null,
    cost: row.cost ?? null,
    cost_source: row.costSource,
    possibly_billed: row.possiblyBilled,
  };
}

/** The row that a record of a table is. What is not known is absent. */
export function rowOfRecord(record: LedgerRecord): LedgerRow {
  const { tenant, key, user, team, tags } = record;
  const caller = known({ tenant, key, user, team, tags }) as Caller;
  return known({
    id: record.id,
    callId: record.call_id,
    attempt: record.attempt,
    at: record.at,
    durationMs: record.duration_ms,
    caller,
    operation: record.operation,
    provider: record.provider,
    model: record.model,
    servedBy: record.served_by,
    credential: record.credential,
    requestId: record.request_id,
    status: record.status,
    error: record.error,
    inputTokens: record.input_tokens,
    outputTokens: record.output_tokens,
    cacheReadTokens: record.cache_read_tokens,
    cacheWriteTokens: record.cache_write_tokens,
    reasoningTokens: record.reasoning_tokens,
    cost: record.cost,
    costSource: record.cost_source,
    possiblyBilled: record.possibly_billed,
  }) as unknown as LedgerRow;
}

/** One condition of a query on a column; a `tag` is to be among `tags`. */
export interface LedgerCondition {
  readonly column: keyof LedgerRecord | 'tag';
  readonly operator: '=' | '>=' | '<';
  readonly value: string | number;
}

// Times of rows are from 0 to the year 9999, whole milliseconds.
const LATEST = 2 ** 48;

/** What a query asks of the columns of a table, all together. */
export function ledgerConditions(query: LedgerQuery): readonly LedgerCondition[] {
  const { from, to, callId, tag } = query;
  const conditions: LedgerCondition[] = [];
  const ask = (
    column: LedgerCondition['column'],
    value: string | number | undefined,
    operator: LedgerCondition['operator'] = '=',
  ): void => {
    if (value === undefined) return;
    const kept = typeof value === 'string' ? storedText(value) : within(value);
    conditions.push({ column, operator, value: kept });
  };
  ask('at', from, '>=');
  ask('at', to, '<');
  for (const name of ['tenant', 'key', 'user', 'team', 'provider', 'model'] as const) {
    ask(name, query[name]);
  }
  ask('call_id', callId);
  ask('tag', tag);
  return conditions;
}

function within(time: number): number {
  return Math.min(Math.max(Math.ceil(time), -1), LATEST);
}

function optional(text: string | undefined): string | null {
  return text === undefined ? null : storedText(text);
}

function known(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
