import {
  InferwayError,
  isJsonObject,
  type BatchCounts,
  type BatchJob,
  type BatchStatus,
  type JsonObject,
} from '@inferway/core';
import { seconds } from '../files/provider-file.js';
import { endpointOf } from './batch-endpoints.js';
import type { FileBatchSettings } from './batch-settings.js';

const STATUSES: Readonly<Record<string, BatchStatus>> = {
  validating: 'pending',
  in_progress: 'running',
  finalizing: 'running',
  cancelling: 'cancelling',
  completed: 'completed',
  failed: 'failed',
  expired: 'expired',
  cancelled: 'cancelled',
};

/** A batch as its provider tells of it, in lower or upper case, with times in seconds or as text. @throws {InferwayError} `protocol` without an id. */
export function readBatchJob(
  body: unknown,
  provider: string,
  settings: FileBatchSettings,
): BatchJob & { readonly raw: JsonObject } {
  // The answer to an order may hold the job beside a warning.
  const outer = isJsonObject(body) ? body : {};
  const raw = isJsonObject(outer.job) ? outer.job : outer;
  const { id, endpoint } = raw;
  if (typeof id !== 'string' || id === '') {
    throw new InferwayError('protocol', {
      message: `${provider} answered with a batch that has no id. Check the base URL.`,
      provider,
    });
  }
  const { warning } = outer;
  const status =
    STATUSES[typeof raw.status === 'string' ? raw.status.toLowerCase() : ''] ?? 'running';
  return {
    id,
    provider,
    status,
    operation: endpointOf(endpoint, settings)?.operation,
    model: text(raw.model) ?? text(raw.model_id),
    counts: countsOf(raw.request_counts),
    createdAt: seconds(raw.created_at),
    endedAt:
      seconds(raw.completed_at) ??
      seconds(raw.cancelled_at) ??
      seconds(raw.expired_at) ??
      seconds(raw.failed_at),
    expiresAt: seconds(raw.expires_at) ?? seconds(raw.job_deadline),
    metadata: isJsonObject(raw.metadata) ? (raw.metadata as Record<string, string>) : undefined,
    errors: status === 'failed' ? errorsOf(raw, provider) : undefined,
    warnings:
      typeof warning === 'string' && warning !== ''
        ? [{ type: 'other', message: warning }]
        : undefined,
    raw,
  };
}

function countsOf(raw: unknown): BatchCounts | undefined {
  if (!isJsonObject(raw)) return undefined;
  const { total, completed, failed } = raw;
  return { total: count(total), succeeded: count(completed), failed: count(failed) };
}

/** Why the whole batch failed: `errors.data[]` with a line each, or one sentence in `error`. */
function errorsOf({ errors, error }: JsonObject, provider: string): InferwayError[] {
  const list = isJsonObject(errors) && Array.isArray(errors.data) ? errors.data : [];
  const told = list.filter(isJsonObject).map(({ message, line, param, code }) => {
    const where = typeof line === 'number' ? ` (line ${line} of its file)` : '';
    return failed(
      provider,
      `${text(message) ?? 'no reason given'}${where}`,
      text(code),
      text(param),
    );
  });
  if (told.length > 0) return told;
  return [failed(provider, text(error) ?? 'no reason given')];
}

function failed(
  provider: string,
  why: string,
  providerCode?: string,
  param?: string,
): InferwayError {
  return new InferwayError('invalid_request', {
    message: `${provider} could not run the batch: ${why.slice(0, 500)}`,
    provider,
    providerCode,
    param,
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
