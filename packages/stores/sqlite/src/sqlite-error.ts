import { InferwayError, type ErrorCode } from '@inferway/core';

interface SqliteFailure {
  readonly errcode?: number;
  readonly message?: string;
}

const BUSY = 5;
const LOCKED = 6;

/** True where another process has the file for the moment. */
export function isBusy(reason: unknown): boolean {
  const code = primaryCode(reason);
  return code === BUSY || code === LOCKED;
}

const FAILURES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  [BUSY]: [
    'timeout',
    'is held by another process for too long. See who writes to it for so long, or raise timeoutMs',
  ],
  [LOCKED]: [
    'timeout',
    'is held by another process for too long. See who writes to it for so long, or raise timeoutMs',
  ],
  3: [
    'configuration',
    'may not be used by this process. Give it the right to read and write the file and its directory',
  ],
  8: [
    'configuration',
    'cannot be written: it is read-only. Give this process the right to write the file and its directory',
  ],
  10: ['server', 'cannot be read or written: the disk failed'],
  11: [
    'configuration',
    'is damaged. Move it away, with its -wal and -shm files, and restore a copy',
  ],
  13: ['overloaded', 'cannot grow: its disk is full. Free some space'],
  14: [
    'configuration',
    'cannot be opened. Give a path in a directory that exists and that this process may write',
  ],
  26: ['configuration', 'is no SQLite database. Give another path, or move that file away'],
};

/** What SQLite failed with, as the error that callers switch on. */
export function sqliteError(path: string, reason: unknown): InferwayError {
  if (InferwayError.is(reason)) return reason;
  const found = FAILURES[primaryCode(reason) ?? -1];
  if (found === undefined && primaryCode(reason) === undefined) return InferwayError.from(reason);
  const [code, what] = found ?? ['server', `failed (SQLite ${primaryCode(reason)})`];
  return new InferwayError(code, {
    message: `The database ${path} ${what}.`,
    cause: reason,
    ...(code === 'configuration' ? { param: 'path' } : {}),
  });
}

// Extended codes have the primary one in their last byte.
function primaryCode(reason: unknown): number | undefined {
  const { errcode } = (reason ?? {}) as SqliteFailure;
  return errcode === undefined ? undefined : errcode & 0xff;
}
