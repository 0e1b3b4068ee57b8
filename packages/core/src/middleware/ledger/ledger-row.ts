import type { Attempt } from '../../attempts.js';
import type { Call } from '../../call.js';
import { attemptIdOf, callIdOf, hasGivenId } from '../../call-id.js';
import { callerOf, type Caller } from '../../caller.js';
import type { Cost } from '../../money.js';
import type { Outcome } from '../../outcome.js';
import type { ReplyMeta } from '../../reply.js';
import { nextUuid } from '../../next-uuid.js';
import { stateKey } from '../../state.js';
import { ledgerLabel } from '../../stores/ledger-label.js';
import type { LedgerRow } from '../../stores/ledger.js';
import { isCount } from '../../stores/ledger-check.js';
import type { Usage } from '../../usage.js';
import { maybeBilled } from '../maybe-billed.js';

const MOST_TAGS = 64;

/**
 * The row of an attempt that runs, which its end fills in. Rows are made in the path of calls: each is one object, with a place for all that its
 * end may tell, and is never copied.
 */
export type OpenRow = { -readonly [K in keyof LedgerRow]: LedgerRow[K] };

/** What is known of an attempt when it begins. @param at Epoch milliseconds. */
export function openRow(call: Call, attempt: Attempt, at: number): OpenRow {
  const { credential } = attempt;
  return {
    id: rowIdOf(call, attempt),
    callId: ledgerLabel(callIdOf(call.state)),
    attempt: attempt.number,
    at: Math.round(at),
    caller: labelsOf(callerOf(call.state)),
    operation: call.operation,
    provider: ledgerLabel(attempt.provider),
    model: ledgerLabel(attempt.model),
    servedBy: undefined,
    credential: credential === undefined ? undefined : ledgerLabel(credential),
    requestId: undefined,
    status: 'abandoned',
    error: undefined,
    inputTokens: undefined,
    outputTokens: undefined,
    cacheReadTokens: undefined,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
    durationMs: undefined,
    cost: undefined,
    costSource: 'unknown',
    possiblyBilled: true,
  };
}

/** Fills in the row of an attempt that is over, with what `cost` said of it: call it after `cost` spoke. */
export function closeRow(
  row: OpenRow,
  attempt: Attempt,
  durationMs: number,
  { status, error, usage }: Outcome,
  meta: ReplyMeta | undefined,
): LedgerRow {
  row.status = status;
  row.possiblyBilled =
    attempt.billed === undefined
      ? meta === undefined && error !== undefined && maybeBilled(error)
      : attempt.billed === 'maybe';
  row.durationMs = Math.max(0, durationMs);
  const servedBy = meta?.servedBy ?? error?.servedBy;
  const requestId = meta?.requestId ?? error?.requestId;
  if (servedBy !== undefined) row.servedBy = ledgerLabel(servedBy);
  if (requestId !== undefined) row.requestId = ledgerLabel(requestId);
  if (error !== undefined) row.error = error.code;
  setTokens(row, attempt.usage ?? usage ?? error?.usage);
  setMoney(row, attempt);
  return row;
}

/** The row of an attempt whose process died, or that did not end: the most that it may have cost, as far as that is known. */
export function abandonedRow(
  open: OpenRow,
  bound: { readonly usage: Usage; readonly cost: Cost } | undefined,
): LedgerRow {
  const row = { ...open };
  setTokens(row, bound?.usage);
  const cost = bound?.cost;
  if (cost?.known === true && isCount(cost.total)) {
    row.cost = cost.total;
    row.costSource = 'estimate';
  }
  return row;
}

function setMoney(row: OpenRow, { cost, billed }: Attempt): void {
  if (billed === 'no') {
    row.cost = 0;
    row.costSource = 'none';
  } else if (cost?.known === true && isCount(cost.total)) {
    row.cost = cost.total;
    row.costSource = cost.source;
  }
}

// A provider's broken count is left out: it must not keep the rest of the row from being written.
function setTokens(row: OpenRow, usage: Usage | undefined): void {
  if (usage === undefined) return;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  if (isGiven(inputTokens)) row.inputTokens = inputTokens;
  if (isGiven(outputTokens)) row.outputTokens = outputTokens;
  if (isGiven(cacheReadTokens)) row.cacheReadTokens = cacheReadTokens;
  if (isGiven(cacheWriteTokens)) row.cacheWriteTokens = cacheWriteTokens;
  if (isGiven(reasoningTokens)) row.reasoningTokens = reasoningTokens;
}

function isGiven(count: number | undefined): count is number {
  return count !== undefined && isCount(count);
}

const OWN_ID = stateKey<string>('ledger id of a call');

// An id that the application gave may come twice (a batch's items, a request that is sent again, two processes), and what has the id of a row that
// is there is not written: such a call gets one of ours for its rows.
function rowIdOf(call: Call, attempt: Attempt): string {
  if (!hasGivenId(call.state)) return attemptIdOf(call.state, attempt);
  return `${call.state.ensure(OWN_ID, nextUuid)}:${attempt.number}`;
}

const NOBODY: Caller = Object.freeze({});

function labelsOf(caller: Caller): Caller {
  const { tenant, key, user, team, tags } = caller;
  const isNobody =
    tenant === undefined && key === undefined && user === undefined && team === undefined;
  if (isNobody && tags === undefined) return NOBODY;
  const labels: { -readonly [K in keyof Caller]: Caller[K] } = {};
  if (tenant !== undefined) labels.tenant = ledgerLabel(tenant);
  if (key !== undefined) labels.key = ledgerLabel(key);
  if (user !== undefined) labels.user = ledgerLabel(user);
  if (team !== undefined) labels.team = ledgerLabel(team);
  if (tags !== undefined) labels.tags = tags.slice(0, MOST_TAGS).map(ledgerLabel);
  return labels;
}
