import type { FileData, FileInput } from '../files/file-data.js';
import { readFile } from '../files/read-file.js';

/** Reads a list of files, all at once, naming each by its place. */
export function readFiles(
  inputs: readonly FileInput[],
  param: string,
  signal: AbortSignal | undefined,
): Promise<readonly FileData[]> {
  return Promise.all(inputs.map((input, index) => readFile(input, `${param}[${index}]`, signal)));
}
