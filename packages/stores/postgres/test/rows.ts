import { InferwayError } from '@inferway/core';
import type { LedgerRow } from '@inferway/core/stores';

export const row = (id: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 1000,
  caller: { tenant: 't' },
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status: 'complete',
  cost: 5,
  costSource: 'price',
  possiblyBilled: false,
  ...more,
});

/** The error that a promise rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<InferwayError> {
  try {
    await work;
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw new Error('rejected with something else than an InferwayError', { cause: reason });
  }
  throw new Error('did not reject');
}
