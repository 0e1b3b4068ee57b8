import type { NanoUsd } from '@inferway/core';
import type { Simulator } from '@inferway/simulator';

/** What the provider truly billed, by the id of the attempt that it was for. */
export function trueBill(simulator: Simulator): ReadonlyMap<string, NanoUsd> {
  const attempts = new Map<string, string>();
  for (const { requestId, body } of simulator.requests) {
    const user = (body as { user?: unknown } | undefined)?.user;
    if (typeof user === 'string') attempts.set(requestId, user);
  }
  const bill = new Map<string, NanoUsd>();
  for (const { requestId, cost } of simulator.bill.entries) {
    const attempt = attempts.get(requestId);
    if (attempt === undefined) throw new Error(`No attempt is known for the bill of ${requestId}.`);
    if (bill.has(attempt)) throw new Error(`The attempt ${attempt} reached the provider twice.`);
    bill.set(attempt, cost);
  }
  return bill;
}
