import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { batchIsTaken } from '../memory-batch-store.js';

interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** A take-over is a matter of milliseconds: one that has stood for so long was killed in the middle. */
const TAKE_OVER_MS = 10_000;
let number = 0;

/**
 * Takes a lock file, which holds who has it. The lock of a process that has died on this machine is taken over.
 *
 * @returns what lets go of it.
 * @throws {InferwayError} `conflict` while a process has it that lives, or that stands on another machine and cannot be asked.
 */
export async function takeLock(path: string, id: string): Promise<() => Promise<void>> {
  const owner = JSON.stringify({ host: hostname(), pid: process.pid } satisfies Owner);
  // Written whole and then linked: nobody sees a lock without an owner.
  const own = `${path}.${process.pid}.${++number}`;
  await writeFile(own, owner, { mode: 0o600 });
  try {
    if (!(await linked(own, path))) await takeOver(own, path, id);
  } finally {
    await unlink(own);
  }
  return () => unlink(path).catch(() => {});
}

async function takeOver(own: string, path: string, id: string): Promise<void> {
  const guard = `${path}.taking-over`;
  await removeOld(guard);
  // One at a time, so that nobody removes the lock that another has just taken.
  if (!(await linked(own, guard))) throw taken(id, path);
  try {
    const owner = await ownerOf(path);
    if (owner !== undefined && isAlive(owner)) throw taken(id, path);
    await unlink(path).catch(() => {});
    if (!(await linked(own, path))) throw taken(id, path);
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

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive({ host, pid }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    // Somebody else's process may not be signalled, and is alive.
    return (reason as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeOld(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > TAKE_OVER_MS) await unlink(path);
  } catch {
    // There is none, as usual.
  }
}

function taken(id: string, path: string): Error {
  return batchIsTaken(id, `, which holds ${path}`);
}
