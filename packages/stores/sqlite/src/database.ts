import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { systemClock, InferwayError, type Clock } from '@inferway/core';
import { MIGRATIONS } from './migrations.js';
import { sameFile } from './same-file.js';
import { isBusy, sqliteError } from './sqlite-error.js';

export interface SqliteOptions {
  /** The file, made where it is missing, on a local disk; `:memory:` for one that ends with this object. Ledger and cache may share one. */
  readonly path: string;
  /** How long an operation waits for other processes that write. Default 5,000 ms. */
  readonly timeoutMs?: number | undefined;
  /**
   * `full`: what was written survives a power cut. `normal`: it survives a killed process; a power cut may take the last moments. Default
   * `full`, which costs one wait for the disk for each append.
   */
  readonly sync?: 'full' | 'normal' | undefined;
  /** Of the file, without the part that is not merged into it yet (`-wal`). Above it writes fail as `overloaded`. Default: what the disk has. */
  readonly maxBytes?: number | undefined;
  /** Default: the machine's own time. */
  readonly clock?: Clock | undefined;
}

// SQLite waits for other processes without letting anything else run: it waits that long, and the rest in turns with the event loop.
const BLOCKING_MS = 5;
const TURN_MS = 10;
const OPENING_MS = 5000;
const LEAST_BYTES = 1_048_576;
// Queries have as many forms as filters and groups have combinations.
const MOST_STATEMENTS = 200;

/** One connection to a database file, brought to the version of this package. */
export class Database {
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #connection: DatabaseSync;
  readonly #isInPlace: () => boolean;
  readonly #statements = new Map<string, StatementSync>();
  #isOpen = true;

  /** @throws {InferwayError} `configuration` for options that cannot work and a file that cannot be used. */
  constructor(owner: string, options: SqliteOptions) {
    const { path, timeoutMs = 5000, sync = 'full' } = options;
    const refuse = (param: string, what: string): InferwayError =>
      new InferwayError('configuration', { message: `${owner}: ${what}`, param });
    if (typeof path !== 'string' || path === '') {
      throw refuse('path', 'no path is given. Give a file on a local disk, or ":memory:".');
    }
    if (typeof timeoutMs !== 'number' || !(timeoutMs > 0 && timeoutMs <= 2_147_483_647)) {
      throw refuse('timeoutMs', `timeoutMs is ${timeoutMs}; give milliseconds above 0.`);
    }
    if (sync !== 'full' && sync !== 'normal') {
      throw refuse('sync', `sync is ${JSON.stringify(sync)}; give 'full' or 'normal'.`);
    }
    const { maxBytes } = options;
    if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= LEAST_BYTES)) {
      throw refuse(
        'maxBytes',
        `maxBytes is ${maxBytes}; give a whole number of ${LEAST_BYTES} or more.`,
      );
    }
    this.#path = path;
    this.#timeoutMs = timeoutMs;
    this.#clock = options.clock ?? systemClock;
    let connection: DatabaseSync | undefined;
    try {
      connection = new DatabaseSync(path, { timeout: OPENING_MS });
      connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync.toUpperCase()};`);
      migrate(connection, path);
      if (maxBytes !== undefined) limitSize(connection, maxBytes);
      connection.exec(`PRAGMA busy_timeout = ${BLOCKING_MS}`);
    } catch (reason) {
      connection?.close();
      throw sqliteError(path, reason);
    }
    this.#connection = connection;
    this.#isInPlace = sameFile(path);
  }

  /** A statement, prepared once for as long as it is one of the last that were used. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work`, again and again while another process has the file. @throws {InferwayError} what it fails with. */
  async run<T>(work: () => T): Promise<T> {
    const until = this.#clock.now() + this.#timeoutMs;
    for (;;) {
      if (!this.#isOpen) {
        throw new InferwayError('configuration', {
          message: `The database ${this.#path} was closed. Close it after its last use.`,
        });
      }
      try {
        if (!this.#isInPlace()) throw this.#gone();
        return work();
      } catch (reason) {
        if (!isBusy(reason) || this.#clock.now() >= until) throw sqliteError(this.#path, reason);
      }
      await new Promise<void>((resolve) => {
        this.#clock.setTimer(resolve, TURN_MS * (0.5 + this.#clock.random()));
      });
    }
  }

  #gone(): InferwayError {
    return new InferwayError('server', {
      message: `The database ${this.#path} was removed, or another file is in its place. Put it back, or restart what uses it.`,
    });
  }

  /** The same as one transaction: all of it is written, or nothing. */
  write(work: () => void): Promise<void> {
    return this.run(() => inTransaction(this.#connection, work));
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#connection.close();
  }
}

function limitSize(connection: DatabaseSync, maxBytes: number): void {
  const { page_size: size } = connection.prepare('PRAGMA page_size').get() as { page_size: number };
  connection.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / size)}`);
}

function migrate(connection: DatabaseSync, path: string): void {
  const version = (): number =>
    Number(
      (connection.prepare('PRAGMA user_version').get() as { user_version: number }).user_version,
    );
  if (version() === MIGRATIONS.length) return;
  inTransaction(connection, () => {
    // Looked at again: another process may have been faster.
    const found = version();
    if (found > MIGRATIONS.length) {
      throw new InferwayError('configuration', {
        message: `The database ${path} has version ${found} of its tables, and this release of @inferway/sqlite knows ${MIGRATIONS.length}. Use a newer release.`,
        param: 'path',
      });
    }
    for (const migration of MIGRATIONS.slice(found)) connection.exec(migration);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function inTransaction(connection: DatabaseSync, work: () => void): void {
  // Takes the right to write at once: asked for later, it could be refused without a wait.
  connection.exec('BEGIN IMMEDIATE');
  try {
    work();
    connection.exec('COMMIT');
  } catch (reason) {
    try {
      connection.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as after a full disk.
    }
    throw reason;
  }
}
