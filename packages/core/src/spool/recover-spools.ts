import { appendFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../disk/writer-lock.js';
import { InferwayError } from '../error.js';
import type { SpoolRecovery } from '../stores/ledger-spool.js';
import type { LedgerRow } from '../stores/ledger.js';
import { readSegment } from './read-segment.js';
import { DAMAGED, DONE, LOCK, WRITER } from './spool-directory.js';

const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 } as const;

type Append = (rows: readonly LedgerRow[]) => Promise<void>;

/**
 * Appends what dead processes left in `root`, and removes it. One process recovers a directory at a time; one that dies over it leaves it as it
 * was, and what it had appended by then is not written twice, since the ledger goes by the rows' ids.
 *
 * @throws what `append` or the disk failed with; the directory is then left for later.
 */
export async function recoverSpools(
  root: string,
  own: string,
  staleMs: number,
  append: Append,
): Promise<SpoolRecovery> {
  const found = { rows: 0, abandoned: 0, damaged: 0 };
  let failure: unknown;
  for (const name of await readdir(root)) {
    const directory = join(root, name);
    if (name.startsWith(DONE)) await rm(directory, REMOVE);
    if (!WRITER.test(name) || directory === own) continue;
    const release = await takeIfDead(directory, staleMs);
    if (release === undefined) continue;
    try {
      const one = await recoverOne(root, directory, append);
      found.rows += one.rows;
      found.abandoned += one.abandoned;
      found.damaged += one.damaged;
      await remove(root, directory);
    } catch (reason) {
      // One that cannot be read must not keep the others from the ledger.
      failure ??= reason;
      await release();
    }
  }
  if (failure !== undefined) throw failure;
  return found;
}

// Others may be about to ask for its lock: first it gets out of their way.
async function remove(root: string, directory: string): Promise<void> {
  const done = join(root, `${DONE}${globalThis.crypto.randomUUID()}`);
  await rename(directory, done);
  await rm(done, REMOVE);
}

async function takeIfDead(
  directory: string,
  staleMs: number,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await takeLock(join(directory, LOCK), { taken: isAlive, staleMs });
  } catch (reason) {
    // It lives, or another process recovered and removed it meanwhile.
    const { code } = reason as { readonly code?: string };
    if (code === 'conflict' || code === 'ENOENT') return undefined;
    throw reason;
  }
}

function isAlive(path: string): Error {
  return new InferwayError('conflict', { message: `The process that has ${path} lives.` });
}

async function recoverOne(root: string, directory: string, append: Append): Promise<SpoolRecovery> {
  const paths = (await readdir(directory))
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .map((name) => join(directory, name));
  // Read twice, one file in memory at a time: that the ledger has a row is said behind it.
  const settled = new Set<string>();
  for (const path of paths) {
    for (const record of (await readSegment(path)).records) {
      if (record.kind === 'A') for (const id of record.ids) settled.add(id);
    }
  }
  const open = new Map<string, LedgerRow>();
  let rows = 0;
  let damaged = 0;
  for (const path of paths) {
    const content = await readSegment(path);
    const ends: LedgerRow[] = [];
    for (const record of content.records) {
      if (record.kind === 'A' || settled.has(record.row.id)) continue;
      const { row } = record;
      if (record.kind === 'B') {
        open.set(row.id, row);
      } else {
        // One that is written as begun once more, in a later file, stays ended.
        settled.add(row.id);
        open.delete(row.id);
        ends.push(row);
      }
    }
    if (ends.length > 0) await append(ends);
    rows += ends.length;
    damaged += content.damaged.length;
    await keepAside(root, content.damaged);
  }
  // Last, when all ends are known: these have none.
  if (open.size > 0) await append([...open.values()]);
  return { rows: rows + open.size, abandoned: open.size, damaged };
}

/** Keeps lines for a person to look at. */
async function keepAside(root: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const directory = join(root, DAMAGED);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await appendFile(join(directory, 'lines.log'), `${lines.join('\n')}\n`, { mode: 0o600 });
}
