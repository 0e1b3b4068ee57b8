import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkFile, checkManifest } from './boundaries.ts';
import type { Manifest, Package } from './boundaries.ts';

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

const packages: Package[] = globSync('{packages,apps}/**/package.json', {
  exclude: (path) => /(^|\/)(node_modules|dist|fixtures)$/.test(path),
})
  .map((path) => ({ folder: dirname(path), manifest: read(path) }))
  .sort((a, b) => b.folder.length - a.folder.length);

const files = globSync('{packages,apps}/**/*.ts', {
  exclude: (path) => /(^|\/)(node_modules|dist|fixtures)$/.test(path),
}).filter((path) => !path.endsWith('tsup.config.ts'));

const rootDevDependencies = read('package.json').devDependencies ?? {};
const problems = packages.flatMap((owner) => checkManifest(owner, packages));
for (const path of files) {
  const owner = packages.find(({ folder }) => path.startsWith(`${folder}/`));
  if (owner === undefined) problems.push(`${path}: belongs to no package`);
  else {
    const file = { path, text: readFileSync(path, 'utf8') };
    problems.push(...checkFile(file, owner, packages, rootDevDependencies));
  }
}

for (const problem of problems) console.error(problem);
console.log(
  `boundaries: ${files.length} files, ${packages.length} packages, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
