import type { FinishReason, JsonObject } from '@inferway/core';
import { asObject, asText } from '../lenient.js';

/** Calls that the caller has to run or to allow, beside functions. Where the provider ran one itself, its output stands in the same answer. */
const CALLS: ReadonlySet<string> = new Set([
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);

/** `status` and `incomplete_details` as a finish reason; an answer whose calls wait for the caller ended for them. */
export function readStatus(answer: JsonObject, items: readonly JsonObject[]): FinishReason {
  const status = asText(answer['status']);
  if (status === undefined) return { unified: waits(items) ? 'tool-calls' : 'unknown' };
  if (status === 'completed') {
    return { unified: waits(items) ? 'tool-calls' : 'stop', raw: status };
  }
  if (status !== 'incomplete') return { unified: 'other', raw: status };
  const raw = asText(asObject(answer['incomplete_details'])?.['reason']) ?? status;
  switch (raw) {
    case 'max_output_tokens':
      return { unified: 'length', raw };
    case 'content_filter':
    case 'error':
      return { unified: raw === 'error' ? 'error' : 'content-filter', raw };
    default:
      return { unified: 'other', raw };
  }
}

function waits(items: readonly JsonObject[]): boolean {
  const answered = new Set<unknown>();
  for (const item of items) {
    if (asText(item['type'])?.endsWith('_output') === true) answered.add(item['call_id']);
  }
  return items.some((item) => {
    const type = item['type'];
    if (type === 'function_call') return item['status'] !== 'incomplete';
    if (type === 'mcp_approval_request') return true;
    if (type === 'tool_search_call') return item['execution'] === 'client';
    return CALLS.has(asText(type) ?? '') && !answered.has(item['call_id']);
  });
}

/** The members that say how an answer ended. */
export function writeStatus({ unified, raw }: FinishReason): {
  status: string;
  incomplete_details: JsonObject | null;
} {
  switch (unified) {
    case 'length':
      return incomplete('max_output_tokens');
    case 'content-filter':
      return incomplete('content_filter');
    case 'error':
      return incomplete('error');
    case 'other':
      return raw === 'queued' || raw === 'in_progress' || raw === 'cancelled'
        ? { status: raw, incomplete_details: null }
        : incomplete(raw ?? 'other');
    default:
      return { status: 'completed', incomplete_details: null };
  }
}

function incomplete(reason: string): { status: string; incomplete_details: JsonObject } {
  return { status: 'incomplete', incomplete_details: { reason } };
}
