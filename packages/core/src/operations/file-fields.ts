import { InferwayError } from '../error.js';
import type { FileData, FileInput } from '../files/file-data.js';
import { readFile } from '../files/read-file.js';
import { linkedController } from '../signal.js';

/** Reads a list of files, all at once, naming each by its place. */
export function readFiles(
  inputs: readonly FileInput[],
  param: string,
  signal: AbortSignal | undefined,
): Promise<readonly FileData[]> {
  return readTogether(signal, (own) =>
    inputs.map((input, index) => readFile(input, `${param}[${index}]`, own)),
  );
}

/** Reads several at once. When one cannot be read the others are given up: nobody would wait for their ends. */
export async function readTogether<T>(
  signal: AbortSignal | undefined,
  begin: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<readonly T[]> {
  const link = linkedController(signal);
  try {
    return await Promise.all(begin(link.signal));
  } catch (reason) {
    link.abort(InferwayError.from(reason));
    throw reason;
  } finally {
    link.release();
  }
}
