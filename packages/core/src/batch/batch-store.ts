import type { JsonObject } from '../json.js';

/** One line of a batch's log. Only core reads what stands in it. */
export type BatchRecord = JsonObject;

/**
 * Where batches are written down. A log for each: records are appended and never changed, so that what was appended survives a process that is
 * killed in the middle of writing the next one.
 */
export interface BatchStore {
  /** All records of a log in order; undefined where there is none. A last record that was cut short is left out. */
  load(id: string): Promise<readonly BatchRecord[] | undefined>;
  /**
   * Takes a log for writing, a new one where there is none. One writer at a time.
   *
   * @throws {InferwayError} `conflict` while another writer has it.
   */
  open(id: string): Promise<BatchLog>;
}

/** A log that is being written. */
export interface BatchLog {
  /** Resolves when the records are kept, as durably as the store can. */
  append(records: readonly BatchRecord[]): Promise<void>;
  /** Lets go of the log. */
  close(): Promise<void>;
}
