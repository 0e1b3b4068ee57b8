import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Looked up as Node would, but without asking for an entry: some packages have none.
const HERE = dirname(fileURLToPath(import.meta.url));

/** Where a package that the bench depends on is installed. @throws Error where it is not. */
export function packageFolder(name: string): string {
  for (let folder = HERE; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder)
      throw new Error(`${name} is not installed. Run "pnpm install".`);
  }
}

/** The version of a package that the bench itself uses. */
export function versionOf(name: string): string {
  const manifest = readFileSync(join(packageFolder(name), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
