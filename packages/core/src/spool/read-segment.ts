import { readFile } from 'node:fs/promises';
import { readLine, type SpoolRecord } from './spool-line.js';

export interface SegmentContent {
  readonly records: readonly SpoolRecord[];
  /** Whole lines that cannot be read. What a killed writer left half written at the end is none: it was not kept. */
  readonly damaged: readonly string[];
}

/** Reads one file of a spool. It has a few megabytes at most. */
export async function readSegment(path: string): Promise<SegmentContent> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const torn = lines.pop() ?? '';
  const records: SpoolRecord[] = [];
  const damaged: string[] = [];
  for (const line of torn === '' ? lines : [...lines, torn]) {
    // Empty ones are probes of a disk that was full.
    if (line === '') continue;
    const record = readLine(line);
    if (record !== undefined) records.push(record);
    else if (line !== torn) damaged.push(line);
  }
  return { records, damaged };
}
