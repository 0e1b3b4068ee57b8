import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferwayError } from '../error.js';
import type { LedgerSpool } from '../stores/ledger-spool.js';
import type { LedgerRow } from '../stores/ledger.js';
import { recoverSpools } from './recover-spools.js';
import {
  DAMAGED,
  leaveWriterDirectory,
  makeWriterDirectory,
  touchLock,
} from './spool-directory.js';
import { writeLine } from './spool-line.js';
import { SpoolLog } from './spool-log.js';
import { readSpoolOptions, type SpoolOptions, type SpoolSettings } from './spool-options.js';

/** A spool in files. */
export interface Spool extends LedgerSpool {
  /** Where this process writes. */
  readonly path: string;
  /** On disk, and kept free for attempts that run. */
  readonly bytes: number;
}

// Room for a few attempts of long labels, so that "full" is said before one fails.
const LAST_BYTES = 8192;
const PROBE_MS = 1000;

/**
 * A write-ahead log for a ledger, in files of one local directory: what an attempt may cost is written down before it is sent, what it cost at
 * its end. Both outlive a killed process (and, within `fsyncMs`, a power cut); the next one that uses the directory brings them to its
 * ledger, once. Lines hold what ledger rows hold: labels and figures, no content and no secrets.
 *
 * @throws {InferwayError} `configuration` for options that cannot work and for a directory that cannot be written.
 */
export function createSpool(options: SpoolOptions): Spool {
  return new FileSpool(readSpoolOptions(options));
}

class FileSpool implements Spool {
  readonly #settings: SpoolSettings;
  #path: string;
  #log: SpoolLog;
  /** When a disk that took nothing is tried again; undefined while it takes all. */
  #probeAt: number | undefined;
  #syncTimer: unknown;
  #heartbeat: ReturnType<typeof setInterval>;
  #isClosed = false;

  constructor(settings: SpoolSettings) {
    this.#settings = settings;
    this.#path = makeWriterDirectory(settings.directory);
    this.#log = new SpoolLog(this.#path, settings.segmentBytes);
    // By the machine's own time, which is that of other processes' looks at the lock. It keeps no process alive.
    this.#heartbeat = setInterval(() => this.#beat(), settings.staleMs / 4);
    this.#heartbeat.unref();
  }

  get path(): string {
    return this.#path;
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  get full(): 'bytes' | 'disk' | undefined {
    if (this.#probeAt !== undefined && this.#settings.clock.now() >= this.#probeAt) this.#probe();
    if (this.#probeAt !== undefined) return 'disk';
    return this.#log.bytes + LAST_BYTES > this.#settings.maxBytes ? 'bytes' : undefined;
  }

  begin(row: LedgerRow): void {
    if (this.#isClosed) throw closedError();
    const line = writeLine({ kind: 'B', row });
    if (this.#log.bytes + 2 * line.length > this.#settings.maxBytes) {
      throw new InferwayError('overloaded', { message: 'The spool has reached its maxBytes.' });
    }
    this.#write(() => this.#log.begin(row.id, line));
  }

  end(row: LedgerRow): boolean {
    if (this.#isClosed) return false;
    try {
      this.#write(() => this.#log.end(row.id, writeLine({ kind: 'E', row })));
      return true;
    } catch {
      return false;
    }
  }

  defer(id: string): void {
    this.#log.defer(id);
  }

  async deferred(): ReturnType<LedgerSpool['deferred']> {
    return this.#isClosed ? undefined : this.#log.deferred();
  }

  acknowledge(ids: readonly string[]): void {
    if (!this.#isClosed) this.#log.acknowledge(ids);
  }

  setAside(row: LedgerRow): void {
    const directory = join(this.#settings.directory, DAMAGED);
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      appendFileSync(join(directory, 'rows.log'), writeLine({ kind: 'E', row }), { mode: 0o600 });
    } catch {
      // Whoever is told of the row has it.
    }
  }

  recover(
    append: (rows: readonly LedgerRow[]) => Promise<void>,
  ): ReturnType<LedgerSpool['recover']> {
    const { directory, staleMs } = this.#settings;
    return recoverSpools(directory, this.#path, staleMs, append);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    this.#settings.clock.clearTimer(this.#syncTimer);
    if (this.#settings.fsyncMs !== undefined) await this.#log.sync();
    leaveWriterDirectory(this.#path, this.#log.close());
  }

  #write(write: () => void): void {
    try {
      write();
      this.#probeAt = undefined;
    } catch (reason) {
      this.#probeAt ??= this.#settings.clock.now() + PROBE_MS;
      throw reason;
    }
    const { fsyncMs, clock } = this.#settings;
    if (fsyncMs === undefined || this.#syncTimer !== undefined) return;
    this.#syncTimer = clock.setTimer(() => {
      this.#syncTimer = undefined;
      void this.#log.sync();
    }, fsyncMs);
  }

  // An empty line says whether the disk takes anything again.
  #probe(): void {
    this.#probeAt = undefined;
    try {
      this.#write(() => this.#log.append('\n'));
    } catch {
      // Not yet.
    }
  }

  #beat(): void {
    if (touchLock(this.#path)) return;
    // Taken for dead, after a long sleep: what runs is written down anew, in a directory that is ours.
    const running = this.#log.openEntries;
    try {
      this.#log.close();
      this.#path = makeWriterDirectory(this.#settings.directory);
      this.#log = new SpoolLog(this.#path, this.#settings.segmentBytes);
      for (const [id, line] of running) this.#log.begin(id, line);
    } catch {
      this.#probeAt ??= this.#settings.clock.now();
    }
  }
}

function closedError(): InferwayError {
  return new InferwayError('overloaded', { message: 'The spool was closed.', retryable: false });
}
