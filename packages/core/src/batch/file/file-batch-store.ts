import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { takeLock } from '../../disk/writer-lock.js';
import { InferwayError } from '../../error.js';
import type { BatchStore } from '../batch-store.js';
import { batchIsTaken } from '../memory-batch-store.js';
import { readJsonl } from './jsonl.js';
import { JsonlLog } from './jsonl-log.js';

export interface FileBatchStoreOptions {
  /**
   * `always`: an outcome counts as kept when the disk has it, so that it survives a power cut. `never`: when the system has it, which survives
   * a killed process. Default `always`; outcomes that come about together share one wait for the disk.
   */
  readonly fsync?: 'always' | 'never' | undefined;
}

/**
 * Batches in `directory`, a file of JSON lines each, with the requests and answers in plain text. A process that is killed leaves at most
 * a last line that is cut short: it is left out. One process writes a batch at a time; the lock of one that died is taken over.
 *
 * @throws {InferwayError} `configuration` for a directory that cannot be made.
 */
export function fileBatchStore(directory: string, options: FileBatchStoreOptions = {}): BatchStore {
  const root = resolve(directory);
  const pathOf = (id: string): string => join(root, `${encodeURIComponent(id)}.jsonl`);
  return {
    async load(id) {
      try {
        return readJsonl(await readFile(pathOf(id), 'utf8'));
      } catch (reason) {
        if (isMissing(reason)) return undefined;
        throw cannotUse(root, reason);
      }
    },
    async open(id) {
      const path = pathOf(id);
      try {
        await mkdir(root, { recursive: true, mode: 0o700 });
      } catch (reason) {
        throw cannotUse(root, reason);
      }
      const release = await takeLock(`${path}.lock`, {
        taken: (lock) => batchIsTaken(id, `, which holds ${lock}`),
      });
      try {
        return await JsonlLog.open(path, options.fsync ?? 'always', release);
      } catch (reason) {
        await release();
        throw cannotUse(root, reason);
      }
    },
  };
}

function isMissing(reason: unknown): boolean {
  return (reason as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function cannotUse(root: string, cause: unknown): InferwayError {
  return new InferwayError('configuration', {
    message: `The directory ${root} cannot be used for batches (${(cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'}). Give fileBatchStore() one that this process may write.`,
    cause,
  });
}
