import { InferwayError } from '../error.js';
import type { BatchRecord, BatchStore } from './batch-store.js';

/** Logs in memory: gone with the process. */
export function memoryBatchStore(): BatchStore {
  const logs = new Map<string, BatchRecord[]>();
  const taken = new Set<string>();
  return {
    async load(id) {
      return logs.get(id)?.slice();
    },
    async open(id) {
      if (taken.has(id)) throw batchIsTaken(id);
      taken.add(id);
      return {
        async append(records) {
          const log = logs.get(id);
          if (log === undefined) logs.set(id, [...records]);
          else log.push(...records);
        },
        async close() {
          taken.delete(id);
        },
      };
    },
  };
}

/** For a second writer of one log. */
export function batchIsTaken(id: string, where = ''): InferwayError {
  return new InferwayError('conflict', {
    message: `The batch "${id}" is being written by another run${where}. Wait for its end, or stop it first.`,
  });
}
