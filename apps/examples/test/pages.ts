import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from './workspace.js';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every page that a user reads: the root's, the guide's, and each package's. */
export function readPages(): Page[] {
  return globSync(
    [
      '*.md',
      'docs/**/*.md',
      'packages/*/README.md',
      'packages/{providers,stores}/*/README.md',
      'apps/*/README.md',
    ],
    { cwd: workspace },
  )
    .sort()
    .map((path) => readPage(path));
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(workspace, path), 'utf8') };
}
