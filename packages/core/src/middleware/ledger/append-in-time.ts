import type { Clock } from '../../clock.js';
import { InferwayError } from '../../error.js';
import type { Ledger, LedgerRow } from '../../stores/ledger.js';

/** Appends, or fails after `ms`, whatever the ledger does: a frozen one must not stop the rows behind it for ever. */
export function appendInTime(
  ledger: Ledger,
  rows: readonly LedgerRow[],
  clock: Clock,
  ms: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      reject(
        new InferwayError('timeout', {
          message: `The ledger did not take ${rows.length} rows within ${ms} ms. They are kept and tried again.`,
        }),
      );
    }, ms);
    const settle = (done: () => void): void => {
      clock.clearTimer(timer);
      done();
    };
    // Inside of a promise, so that a ledger that throws at once fails like any other.
    Promise.resolve()
      .then(() => ledger.append(rows))
      .then(
        () => settle(resolve),
        (reason: unknown) => settle(() => reject(InferwayError.from(reason))),
      );
  });
}
