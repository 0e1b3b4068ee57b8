import { observeAttempts, type BeginAttempt } from '../../attempt-observer.js';
import { tell } from '../../chain-events.js';
import type { InferwayError } from '../../error.js';
import type { Middleware } from '../../middleware.js';
import { badOption, checkAmount } from '../../option-checks.js';
import { stateKey } from '../../state.js';
import { priceBookOf } from '../../call-prices.js';
import { LedgerBooks } from './ledger-books.js';
import { readLedgerOptions, type LedgerOptions } from './ledger-options.js';

/** How a ledger layer ends. */
export interface LedgerCloseOptions {
  /** How long attempts that still run are waited for; after it they are written as `abandoned`. Default 5,000 ms; 0: not at all. */
  readonly graceMs?: number | undefined;
}

/** What waits, for metrics. */
export interface LedgerState {
  /** Attempts that run. */
  readonly running: number;
  /** Rows in memory that the ledger does not have. */
  readonly waiting: number;
}

/** The ledger as a middleware, and what a program does with it before it ends. */
export interface LedgerLayer extends Middleware {
  readonly state: LedgerState;
  /** Writes the rows of all attempts that have ended. @throws what the ledger failed with; the rows are kept and tried again. */
  flush(): Promise<void>;
  /**
   * Ends the layer: waits for running attempts, writes all rows and lets go of the spool. Calls that begin later are refused.
   *
   * @throws what the ledger failed with, where rows are lost by that: without a spool. With one they stay there for the next process.
   */
  close(options?: LedgerCloseOptions): Promise<void>;
}

/**
 * Writes one row for each attempt that was made, at its end: complete, failed, cancelled, retried, fallen back from, lost in a hedge; what it cost is
 * what `cost` says, and unknown without it. Rows are written behind the calls, in batches; while there is room to keep them, no call waits
 * for the ledger or fails with it. Without room, calls are refused as `overloaded`.
 *
 * Its place is outside of `cost`.
 *
 * @throws {InferwayError} `configuration` for options that cannot work.
 */
export function ledger(options: LedgerOptions): LedgerLayer {
  const settings = readLedgerOptions(options);
  const books = new LedgerBooks(settings);
  const { writer } = books;
  // Inside of `retry` it is met once an attempt, and stands around each attempt once.
  const installed = stateKey<boolean>('ledger is installed');

  const book: BeginAttempt = (call, attempt) => books.begin(call, attempt);

  const layer: Middleware = function ledger(call, next) {
    if (call.state.get(installed) === true) return next(call);
    if (priceBookOf(call.state) !== undefined) return Promise.reject(insideOfCost());
    const refusal = books.refusal();
    if (refusal !== undefined) {
      const { reason, error } = refusal;
      tell(call, { type: 'ledger-refused', reason, retryAfterMs: error.retryAfterMs ?? 0 });
      return Promise.reject(error);
    }
    call.state.set(installed, true);
    books.recoverWhenDue();
    observeAttempts(call.state, book);
    return next(call);
  };
  // What the last process left behind is written down also where this one makes no call.
  books.recoverWhenDue();

  return Object.defineProperties(
    Object.assign(layer, {
      flush: () => writer.flush(),
      async close({ graceMs = 5000 }: LedgerCloseOptions = {}) {
        await books.settle(checkAmount('ledger', 'graceMs', graceMs));
        try {
          await writer.flush();
        } catch (reason) {
          const kept = settings.spool !== undefined;
          settings.tell({ type: 'unwritten', rows: writer.waiting, kept });
          if (!kept) throw reason;
        } finally {
          writer.stop();
          await settings.spool?.close();
        }
      },
    }),
    { state: { get: () => ({ running: books.running, waiting: writer.waiting }) } },
  ) as LedgerLayer;
}

function insideOfCost(): InferwayError {
  return badOption(
    'middleware',
    'ledger: it stands inside of cost, and would write rows before their cost is known. List ledger before cost, as standard() does.',
  );
}
