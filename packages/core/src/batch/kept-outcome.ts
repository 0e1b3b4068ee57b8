import type { JsonObject } from '../json.js';
import { InferwayError } from '../error.js';
import { errorFromRecord, errorToRecord } from '../error-record.js';
import type { Cost } from '../money.js';
import type { OperationTraits } from '../traits.js';
import type { BatchOutcome } from './batch-types.js';
import type { ReadyItem } from './batch-order.js';
import { fromRecord, toRecord } from './batch-record.js';
import type { ClientBatchOutcome } from './client-batch-types.js';

/** An outcome as it came about, before its result is completed. */
export type KeptOutcome = BatchOutcome & { readonly cost?: Cost | undefined };

/** An outcome as a line of a log. */
export function outcomeToRecord(outcome: KeptOutcome): JsonObject {
  if (outcome.status === 'succeeded') return toRecord(outcome);
  const { error, ...rest } = outcome;
  return { ...toRecord(rest), error: errorToRecord(error) };
}

export function outcomeFromRecord({ error, ...rest }: JsonObject): KeptOutcome {
  const outcome = fromRecord(rest) as KeptOutcome;
  return outcome.status === 'succeeded'
    ? outcome
    : { ...outcome, error: errorFromRecord(error, 'The item failed.') };
}

/** Gives a result the members that the operation's own method gives it. An answer that does not fit its schema is a failed outcome. */
export async function completedOutcome(
  outcome: KeptOutcome,
  traits: OperationTraits<never> | undefined,
  item: ReadyItem | undefined,
): Promise<ClientBatchOutcome<never>> {
  if (outcome.status !== 'succeeded') return outcome;
  const { id, result, usage, cost } = outcome;
  try {
    const completed = {
      ...(result as object),
      ...traits?.answer?.(result as never),
      ...(await item?.complete?.(result as never)),
    };
    return { ...outcome, result: completed } as unknown as ClientBatchOutcome<never>;
  } catch (reason) {
    const failed = {
      id,
      status: 'failed',
      error: InferwayError.from(reason),
      usage,
      cost,
    } as const;
    return failed;
  }
}
