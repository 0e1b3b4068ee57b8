import { InferwayError } from '../../error.js';
import type { LedgerRow } from '../../stores/ledger.js';
import { appendInTime } from './append-in-time.js';
import type { LedgerSettings } from './ledger-options.js';

/**
 * Brings rows to the ledger, in batches and one append at a time, behind the calls. A ledger that fails is tried again with longer and longer
 * waits, all rows kept meanwhile: in memory up to `maxRows`, the others in the spool.
 */
export class LedgerWriter {
  readonly #settings: LedgerSettings;
  readonly #queue: LedgerRow[] = [];
  /** Rows wait in the spool that are not in the queue. */
  #hasDeferred = false;
  #timer: unknown;
  #isStopped = false;
  #run: Promise<void> | undefined;
  #failures = 0;
  #failedAt = 0;
  #retryAt = 0;
  #batchRows: number;
  /** Why the ledger took nothing last time. */
  #error: InferwayError | undefined;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
    this.#batchRows = settings.batchRows;
  }

  /** Rows in memory. */
  get waiting(): number {
    return this.#queue.length;
  }

  get isBehind(): boolean {
    return this.#queue.length > 0 || this.#hasDeferred;
  }

  /** Milliseconds until the ledger is tried again. */
  get retryAfterMs(): number {
    const { clock, batchMs } = this.#settings;
    return Math.max(batchMs, this.#failures === 0 ? 0 : this.#retryAt - clock.now());
  }

  /** Takes a row; with a spool that has it, memory may let go of it. @param spooled The spool has it. */
  add(row: LedgerRow, spooled: boolean): void {
    if (spooled && this.#queue.length >= this.#settings.maxRows) {
      this.#settings.spool?.defer(row.id);
      this.#hasDeferred = true;
    } else {
      this.#queue.push(row);
    }
    this.#wake();
  }

  /** Writes what is there now, at once. @throws what the ledger failed with; the rows are kept. */
  async flush(): Promise<void> {
    // A run that began before the last row came may end without it: the second one has all.
    await this.#run;
    await this.#start();
    if (this.isBehind && this.#error !== undefined) throw this.#error;
  }

  /** Writes rows that are kept elsewhere, in batches, setting aside those that no ledger takes. @throws what the ledger fails with. */
  async write(rows: readonly LedgerRow[]): Promise<void> {
    for (let start = 0; start < rows.length;) {
      start += await this.#append(rows.slice(start, start + this.#batchRows));
    }
  }

  /** Stops trying, for good. Rows that are still there stay where they are. */
  stop(): void {
    this.#isStopped = true;
    this.#clearTimer();
  }

  #clearTimer(): void {
    this.#settings.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #wake(): void {
    if (this.#run !== undefined || this.#isStopped) return;
    const { clock, batchRows, batchMs } = this.#settings;
    const failing = this.#failures > 0;
    if (!failing && this.#queue.length >= batchRows) {
      void this.#start();
      return;
    }
    if (this.#timer !== undefined) return;
    const ms = failing ? Math.max(1, this.#retryAt - clock.now()) : batchMs;
    this.#timer = clock.setTimer(() => {
      this.#timer = undefined;
      void this.#start();
    }, ms);
  }

  #start(): Promise<void> {
    this.#clearTimer();
    this.#run ??= this.#work().finally(() => {
      this.#run = undefined;
      if (this.isBehind) this.#wake();
    });
    return this.#run;
  }

  // Until all is written or the ledger fails. Never rejects.
  async #work(): Promise<void> {
    const { spool } = this.#settings;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.slice(0, this.#batchRows);
        const written = await this.#append(batch);
        this.#queue.splice(0, written);
        spool?.acknowledge(batch.slice(0, written).map(({ id }) => id));
        // What was deferred is older than what comes now, but the queue is memory: it goes first.
        if (this.#queue.length === 0 && this.#hasDeferred) await this.#writeDeferred();
      }
      if (this.#hasDeferred) await this.#writeDeferred();
    } catch (reason) {
      this.#failed(InferwayError.from(reason));
    }
  }

  async #writeDeferred(): Promise<void> {
    const { spool } = this.#settings;
    try {
      for (;;) {
        // Before the look: a row that is deferred during it is looked for again.
        this.#hasDeferred = false;
        const deferred = await spool?.deferred();
        if (deferred === undefined) return;
        await this.write(deferred.rows);
        deferred.done();
      }
    } catch (reason) {
      this.#hasDeferred = true;
      throw reason;
    }
  }

  /** How many of the first rows are settled: all, or half of a batch in which one row is refused for what it is. */
  async #append(rows: readonly LedgerRow[]): Promise<number> {
    const { ledger, clock, appendTimeoutMs, batchRows, spool, tell } = this.#settings;
    try {
      await appendInTime(ledger, rows, clock, appendTimeoutMs);
      this.#batchRows = Math.min(batchRows, this.#batchRows * 2);
      this.#succeeded();
      return rows.length;
    } catch (reason) {
      const error = InferwayError.from(reason);
      if (error.code !== 'invalid_request') throw error;
      const [first] = rows;
      if (rows.length > 1 || first === undefined) {
        this.#batchRows = Math.ceil(rows.length / 2);
        return 0;
      }
      spool?.setAside(first);
      tell({ type: 'unwritable', row: first, error });
      this.#batchRows = Math.min(batchRows, 2);
      return 1;
    }
  }

  #succeeded(): void {
    const { clock, tell } = this.#settings;
    this.#error = undefined;
    if (this.#failures === 0) return;
    this.#failures = 0;
    tell({ type: 'restored', outageMs: clock.now() - this.#failedAt });
  }

  #failed(error: InferwayError): void {
    const { clock, retryMs, maxRetryMs, tell } = this.#settings;
    this.#error = error;
    const longest = Math.min(maxRetryMs, retryMs * 2 ** Math.min(this.#failures, 30));
    this.#retryAt = clock.now() + longest * (0.5 + clock.random() / 2);
    this.#failures++;
    if (this.#failures > 1) return;
    this.#failedAt = clock.now();
    tell({ type: 'outage', error, waiting: this.#queue.length });
  }
}
