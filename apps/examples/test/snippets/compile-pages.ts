import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../workspace.js';
import { fencedBlocks } from './fenced-block.js';
import { pageModule, type PageModule } from './page-module.js';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

// A name that would let code on a page pass unchecked.
const UNCHECKED = /^(?:typescript|tsx|js|javascript|mjs|mts|ts\s.*)$/u;

/** Compiles the TypeScript of pages against the workspace's sources. Gives what is wrong, as `path:line: message`. */
export function compilePages(pages: readonly Page[]): string[] {
  const problems: string[] = [];
  const modules: { page: Page; module: PageModule }[] = [];
  for (const page of pages) {
    try {
      const blocks = fencedBlocks(page.text);
      for (const { info, line } of blocks) {
        if (UNCHECKED.test(info)) {
          problems.push(`${page.path}:${line}: write this block as "ts", so that it is checked`);
        }
      }
      const code = blocks.filter(({ info }) => info === 'ts');
      if (code.length > 0) modules.push({ page, module: pageModule(code) });
    } catch (error) {
      problems.push(`${page.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (modules.length === 0) return problems;

  // Beside the examples, whose dependencies the pages may import.
  const parent = join(workspace, 'apps/examples/node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'snippets-'));
  try {
    const files = new Map<string, { page: Page; module: PageModule }>();
    const shared: string[] = [];
    const programs: string[][] = [];
    for (const [index, entry] of modules.entries()) {
      const file = `page-${index}.ts`;
      files.set(file, entry);
      writeFileSync(join(folder, file), entry.module.text);
      if (entry.module.augments) programs.push([file]);
      else shared.push(file);
    }
    if (shared.length > 0) programs.push(shared);
    for (const [index, program] of programs.entries()) {
      for (const { file, line, message } of compile(folder, `tsconfig-${index}.json`, program)) {
        const entry = files.get(file);
        // An error in a package's own sources is told by the check of that package.
        if (entry === undefined) continue;
        problems.push(`${entry.page.path}:${entry.module.lines[line - 1] ?? 0}: ${message}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return problems;
}

interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

function compile(folder: string, config: string, files: readonly string[]): Diagnostic[] {
  const path = join(folder, config);
  writeFileSync(
    path,
    JSON.stringify({
      extends: join(workspace, 'tsconfig.base.json'),
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        // The gateway is an app, which no other app depends on.
        paths: { '@inferway/gateway': [join(workspace, 'apps/gateway/src/index.ts')] },
      },
      files,
    }),
  );
  const tsc = join(workspace, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [tsc, '-p', path, '--pretty', 'false'],
    { cwd: folder, encoding: 'utf8' },
  );
  const diagnostics: Diagnostic[] = [];
  for (const line of stdout.split('\n')) {
    const found = /^(?<file>[^(\s]+)\((?<line>\d+),\d+\): (?<message>.*)$/u.exec(line)?.groups;
    if (found === undefined) continue;
    const { file = '', message = '' } = found;
    diagnostics.push({ file, line: Number(found['line']), message });
  }
  if (status !== 0 && diagnostics.length === 0) {
    throw new Error(`tsc gave ${status ?? 'no status'}:\n${stdout}${stderr}`);
  }
  return diagnostics;
}
