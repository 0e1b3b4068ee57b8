import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import {
  isOfThisHost,
  isRunning,
  isSeenFromHere,
  thisProcess,
  type ProcessOwner,
} from './process-owner.js';

export interface LockRules {
  /** The error for a lock that a living process has. */
  readonly taken: (path: string) => Error;
  /**
   * The owner touches the lock, and one that was not touched for so long is dead, also on another machine that shares the disk.
   * Without it a lock of another machine is never taken over.
   */
  readonly staleMs?: number | undefined;
}

/** A take-over is a matter of milliseconds: one that has stood for so long was killed in the middle. */
const TAKE_OVER_MS = 10_000;
let number = 0;

/** What a lock file of this process holds. */
export function lockText(): string {
  return JSON.stringify(thisProcess());
}

/**
 * Takes a lock file, which holds who has it. The lock of a process that has died on this machine is taken over.
 *
 * @returns what lets go of it.
 * @throws `rules.taken` while a process has it that lives, or that cannot be asked.
 */
export async function takeLock(path: string, rules: LockRules): Promise<() => Promise<void>> {
  // Written whole and then linked: nobody sees a lock without an owner.
  const own = `${path}.${process.pid}.${++number}`;
  await writeFile(own, lockText(), { mode: 0o600 });
  try {
    if (!(await linked(own, path))) await takeOver(own, path, rules);
  } finally {
    await unlink(own);
  }
  return () => unlink(path).catch(() => {});
}

async function takeOver(own: string, path: string, rules: LockRules): Promise<void> {
  const guard = `${path}.taking-over`;
  await removeOld(guard);
  // One at a time, so that nobody removes the lock that another has just taken.
  if (!(await linked(own, guard))) throw rules.taken(path);
  try {
    if (await isHeld(path, rules.staleMs)) throw rules.taken(path);
    await unlink(path).catch(() => {});
    if (!(await linked(own, path))) throw rules.taken(path);
  } finally {
    await unlink(guard).catch(() => {});
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw reason;
  }
}

async function isHeld(path: string, staleMs: number | undefined): Promise<boolean> {
  let owner: ProcessOwner;
  let touchedAt: number;
  try {
    owner = JSON.parse(await readFile(path, 'utf8')) as ProcessOwner;
    touchedAt = (await stat(path)).mtimeMs;
  } catch {
    return false;
  }
  // Who cannot wait for a lock to be stale asks whoever has the id in this host's name.
  if (staleMs === undefined) return !isOfThisHost(owner) || isRunning(owner);
  if (isSeenFromHere(owner)) return isRunning(owner);
  return Date.now() - touchedAt < staleMs;
}

async function removeOld(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > TAKE_OVER_MS) await unlink(path);
  } catch {
    // There is none, as usual.
  }
}
