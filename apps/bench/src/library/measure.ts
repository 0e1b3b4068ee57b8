import { startRole, type Role } from '../child.js';
import { subjects } from '../subjects/index.js';
import { compare, ROUNDS_WHERE_CLOSE, type Cell } from './compare.js';
import { libraryRows, type Row } from './rows.js';

export interface LibraryResult {
  readonly row: Row;
  readonly cells: readonly Cell[];
}

/** Measures every subject on every row, each round beside a fresh round of the baseline. */
export async function measureLibrary(options: {
  readonly rounds: number;
  readonly scale: number;
  readonly progress: (line: string) => void;
}): Promise<LibraryResult[]> {
  const upstream = await startRole<string>('upstream');
  const workers = new Map<string, Role<string>>();
  try {
    for (const name of Object.keys(subjects)) {
      workers.set(name, await startRole('worker', name, `${upstream.first}/v1`));
    }
    const results: LibraryResult[] = [];
    for (const row of libraryRows(options.scale)) {
      const roundsOf = (subject: string): number =>
        row.events === 0 && subject.startsWith('inferway')
          ? ROUNDS_WHERE_CLOSE * options.rounds
          : options.rounds;
      results.push({ row, cells: await compare(workers, row.order, roundsOf) });
      options.progress(row.title);
    }
    return results;
  } finally {
    for (const worker of workers.values()) await worker.stop();
    await upstream.stop();
  }
}
