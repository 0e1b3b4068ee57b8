import type { JsonObject } from '@inferway/core';
import { DAY_MS, endOf, phaseOf, type Batch } from './batch.js';

/** A batch as OpenAI tells of it. */
export function openaiBatch(batch: Batch, now: number): JsonObject {
  const status = phaseOf(batch, now);
  const end = seconds(endOf(batch, now));
  const begun = now >= batch.createdAt && status !== 'validating' && status !== 'failed';
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: String(batch.lines[0]?.body['model'] ?? ''),
    errors: status === 'failed' ? { object: 'list', data: batch.problems } : null,
    input_file_id: batch.inputFileId,
    completion_window: batch.window,
    status,
    output_file_id: batch.outputFileId ?? null,
    error_file_id: batch.errorFileId ?? null,
    created_at: seconds(batch.createdAt),
    in_progress_at: begun ? seconds(batch.createdAt) : null,
    expires_at: seconds(batch.createdAt + DAY_MS),
    finalizing_at: status === 'completed' ? end : null,
    completed_at: status === 'completed' ? end : null,
    failed_at: status === 'failed' ? end : null,
    expired_at: status === 'expired' ? end : null,
    cancelling_at: seconds(batch.cancelledAt),
    cancelled_at: status === 'cancelled' ? end : null,
    request_counts: {
      total: batch.lines.length,
      completed: batch.succeeded.length,
      failed: batch.failed.length,
    },
    metadata: batch.metadata,
  };
}

/** A batch as Together tells of it: statuses in capitals, times as text, a part of 100 in place of counts. */
export function togetherBatch(batch: Batch, now: number): JsonObject {
  const phase = phaseOf(batch, now);
  const end = endOf(batch, now);
  const words = { finalizing: 'IN_PROGRESS', cancelling: 'IN_PROGRESS' };
  const [problem] = batch.problems;
  const shown: JsonObject = {
    id: batch.id,
    user_id: 'user-simulated',
    input_file_id: batch.inputFileId,
    file_size_bytes: 0,
    status: phase in words ? words[phase as 'finalizing'] : phase.toUpperCase(),
    job_deadline: time(batch.createdAt + DAY_MS),
    created_at: time(batch.createdAt),
    endpoint: batch.endpoint,
    progress: (100 * batch.done) / Math.max(1, batch.lines.length),
    model_id: String(batch.lines[0]?.body['model'] ?? ''),
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    completed_at: end === undefined ? undefined : time(end),
    error: phase === 'failed' ? String(problem?.['message']) : undefined,
  };
  return shown;
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.floor(ms / 1000);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
