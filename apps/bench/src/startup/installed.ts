import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFolder, versionOf } from '../package-folder.js';

/** What `npm install` of a set of packages puts on the disk. */
export interface InstalledRow {
  readonly what: string;
  readonly packages: number;
  /** Packages that undici is not part of. */
  readonly besidesUndici: number;
  readonly megabytes: number;
}

const OURS = ['core', 'wire', 'provider-kit', 'openai-compatible'].map(
  (name) => `@inferway/${name}`,
);
const PEERS: readonly (readonly string[])[] = [
  ['openai'],
  ['ai', '@ai-sdk/openai-compatible'],
  ['@huggingface/inference'],
];

/** Installs ours from freshly packed tarballs and peers from the registry, each into an empty folder. */
export function measureInstalled(): InstalledRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'inferway-installed-'));
  try {
    const tarballs = OURS.map((name) => pack(name, folder));
    const rows = [install('@inferway/core + @inferway/openai-compatible', tarballs, folder)];
    for (const peer of PEERS) {
      const pinned = peer.map((name) => `${name}@${versionOf(name)}`);
      rows.push(install(peer.join(' + '), pinned, folder));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(name: string, folder: string): string {
  const printed = execFileSync('pnpm', ['pack', '--json', '--pack-destination', folder], {
    cwd: packageFolder(name),
    encoding: 'utf8',
  });
  const { filename } = JSON.parse(printed.slice(printed.indexOf('{'))) as { filename: string };
  return join(folder, filename.slice(filename.lastIndexOf('/') + 1));
}

function install(what: string, specs: readonly string[], folder: string): InstalledRow {
  const project = mkdtempSync(join(folder, 'project-'));
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  execFileSync(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--omit=dev',
      '--ignore-scripts',
      '--loglevel=error',
      ...specs,
    ],
    {
      cwd: project,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const modules = join(project, 'node_modules');
  const names = packagesIn(modules);
  return {
    what,
    packages: names.length,
    besidesUndici: names.filter((name) => name !== 'undici').length,
    megabytes: sizeOf(modules) / 1e6,
  };
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    if (name.startsWith('@'))
      return readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`);
    return [name];
  });
}

function sizeOf(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
