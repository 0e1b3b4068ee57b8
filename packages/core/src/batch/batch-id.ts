import { InferwayError } from '../error.js';
import type { BatchStatus } from './batch-types.js';

/** The states that no batch leaves. */
export const ENDED: ReadonlySet<BatchStatus> = new Set([
  'completed',
  'failed',
  'cancelled',
  'expired',
]);

/** `<provider>/<its id>`. */
export function batchIdOf(provider: string, own: string): string {
  return `${provider}/${own}`;
}

/** @throws {InferwayError} `invalid_request` for what is no id of a batch. */
export function splitBatchId(id: string): { readonly provider: string; readonly own: string } {
  const slash = typeof id === 'string' ? id.indexOf('/') : -1;
  if (slash <= 0 || slash === id.length - 1) {
    throw new InferwayError('invalid_request', {
      message:
        'This is no id of a batch. Give the id that client.batch.create gave, such as "openai/batch_…".',
      param: 'id',
    });
  }
  return { provider: id.slice(0, slash), own: id.slice(slash + 1) };
}

export function unknownBatch(id: string): InferwayError {
  return new InferwayError('not_found', {
    message: `There is no batch ${JSON.stringify(id.slice(0, 120))} here. A batch that the client ran is known to its store alone: give \`batch.store\` the one that it was created with.`,
    param: 'id',
    fallbackable: false,
  });
}
