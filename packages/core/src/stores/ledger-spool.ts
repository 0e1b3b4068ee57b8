import type { LedgerRow } from './ledger.js';

/** What was found in the spools of processes that died. */
export interface SpoolRecovery {
  /** Rows that were handed to the ledger. */
  readonly rows: number;
  /** Those of them whose attempts never ended. */
  readonly abandoned: number;
  /** Lines that could not be read; they are kept in `damaged/` beside the spools. */
  readonly damaged: number;
}

/** Rows that were forgotten in memory, read again. */
export interface DeferredRows {
  readonly rows: readonly LedgerRow[];
  /** The ledger has them. */
  done(): void;
}

/**
 * Where rows survive their process until the ledger has them. `createSpool` of `@inferway/core/spool` is one in files. What is called in the
 * path of a call is synchronous: an attempt is written down before it is sent.
 */
export interface LedgerSpool {
  /** Why no attempt may begin: the allowed bytes are used up, or the disk takes nothing. Undefined where there is room. */
  readonly full: 'bytes' | 'disk' | undefined;
  /** Writes down that an attempt begins, as the row that it becomes if its process dies. @throws where it cannot be written. */
  begin(row: LedgerRow): void;
  /** Writes the row of an attempt at its end; false where it could not be written, and only the caller has it now. */
  end(row: LedgerRow): boolean;
  /** The caller forgets a row that was written, and asks for it again with `deferred`. */
  defer(id: string): void;
  /** Rows that were deferred, some at a time, oldest first; undefined where there are none. The same ones until they are done. */
  deferred(): Promise<DeferredRows | undefined>;
  /** The ledger has these rows. */
  acknowledge(ids: readonly string[]): void;
  /** Keeps a row aside that no ledger takes. */
  setAside(row: LedgerRow): void;
  /** Appends what dead processes left behind, and then removes it. */
  recover(append: (rows: readonly LedgerRow[]) => Promise<void>): Promise<SpoolRecovery>;
  /** Lets go of the directory. What is not acknowledged stays for the next process. */
  close(): Promise<void>;
}
