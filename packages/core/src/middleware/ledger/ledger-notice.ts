import type { InferwayError } from '../../error.js';
import type { LedgerRow } from '../../stores/ledger.js';

/** What an operator wants to know of the ledger. Each begin and each end is told once, however many rows and calls it concerns. */
export type LedgerNotice =
  /** The ledger fails; `waiting` rows are kept and tried again. */
  | { readonly type: 'outage'; readonly error: InferwayError; readonly waiting: number }
  /** The ledger takes rows again. */
  | { readonly type: 'restored'; readonly outageMs: number }
  /** There is no room for more rows: calls are refused, or their rows dropped, from now on. */
  | { readonly type: 'full'; readonly reason: 'rows' | 'bytes' | 'disk'; readonly waiting: number }
  /** There is room again. `refused` calls were refused meanwhile, `dropped` rows lost by the choice of `whenFull: 'drop'`. */
  | { readonly type: 'room'; readonly refused: number; readonly dropped: number }
  /** Rows of processes that died are in the ledger now. */
  | {
      readonly type: 'recovered';
      readonly rows: number;
      readonly abandoned: number;
      readonly damaged: number;
    }
  /** The spools of dead processes cannot be read; it is tried again. */
  | { readonly type: 'recovery-failed'; readonly error: InferwayError }
  /** The ledger refuses this row for what is in it. It is not tried again. */
  | { readonly type: 'unwritable'; readonly row: LedgerRow; readonly error: InferwayError }
  /** Closed while the ledger failed: these many rows are not in it. They are in the spool (`kept`), or lost. */
  | { readonly type: 'unwritten'; readonly rows: number; readonly kept: boolean };

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A call was refused, since its row could not be kept. */
    readonly 'ledger-refused': {
      readonly reason: 'rows' | 'bytes' | 'disk' | 'closed';
      readonly retryAfterMs: number;
    };
  }
}
