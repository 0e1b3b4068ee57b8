import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Remembers which file a path leads to now; the answer tells whether it still does. What is written to a file that has no name any more ends
 * with its last process, and nobody would be told. Always true of what is no file (`:memory:`).
 */
export function sameFile(path: string): () => boolean {
  // Not where a process goes later on.
  const whole = resolve(path);
  const opened = identityOf(whole);
  return () => opened === undefined || identityOf(whole) === opened;
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
