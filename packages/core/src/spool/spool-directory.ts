import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockText } from '../disk/writer-lock.js';
import { badOption } from '../option-checks.js';

/** What the directory of a process holds beside its segments. */
export const LOCK = 'lock';
/** Where lines are kept that could not be read, and rows that no ledger takes. */
export const DAMAGED = 'damaged';
/** How directories are named whose rows are all in the ledger, while they are removed. */
export const DONE = 'done-';
/** Directories of processes; others in the spool's directory are none of its own. */
export const WRITER: RegExp = /^writer-[0-9a-f-]{36}$/u;

/**
 * Makes a directory for this process, with its lock already in it when others see it.
 *
 * @throws {InferwayError} `configuration` where the disk does not let it.
 */
export function makeWriterDirectory(root: string): string {
  const id = globalThis.crypto.randomUUID();
  const hidden = join(root, `.new-${id}`);
  const path = join(root, `writer-${id}`);
  try {
    mkdirSync(hidden, { recursive: true, mode: 0o700 });
    writeFileSync(join(hidden, LOCK), lockText(), { mode: 0o600 });
    renameSync(hidden, path);
    return path;
  } catch (reason) {
    const code = (reason as NodeJS.ErrnoException).code ?? 'unknown error';
    throw badOption(
      'directory',
      `createSpool: the directory ${root} cannot be used (${code}). Give one that this process may write, on a disk with room.`,
    );
  }
}

/** Says that the owner lives. False where the lock is gone: another process took this one for dead. */
export function touchLock(directory: string): boolean {
  try {
    const now = new Date();
    utimesSync(join(directory, LOCK), now, now);
    return true;
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** Lets go of a directory: removed where nothing in it is needed, else left for the next process. */
export function leaveWriterDirectory(directory: string, isDone: boolean): void {
  try {
    rmSync(isDone ? directory : join(directory, LOCK), { recursive: true, force: true });
  } catch {
    // The next process finds it, as that of one that died.
  }
}
