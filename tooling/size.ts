import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const ALL = `export * from '@inferway/core'; export * from '@inferway/core/middleware';`;

/** What a program pays that imports a further part of core besides; bounds so that none grows unseen. */
const parts = Object.entries({
  caching: 34,
  resilience: 33,
  limits: 36,
  spending: 39,
  routing: 36,
  guards: 32,
  semantic: 36,
  idempotency: 33,
  stores: 38,
  spool: 30,
}).map(([part, kB]) => ({
  what: `the same with \`/${part}\``,
  source: `${ALL} export * from '@inferway/core/${part}';`,
  budget: kB * 1024,
}));

/** DESIGN's budgets for what core adds to a program, minified and gzipped, in bytes. */
const measured = [
  {
    what: 'contract, chain, client',
    source: `export { createClient, pipeline } from '@inferway/core';`,
    budget: 8 * 1024,
  },
  {
    what: 'core with `/middleware`',
    source: ALL,
    budget: 25 * 1024,
  },
  ...parts,
] as const;

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(2)} kB`;

// What an import loads at once is what counts; parts that are loaded on first use (batches) are shown beside it.
const rows = await Promise.all(
  measured.map(async ({ what, source, budget }) => {
    const { outputFiles, metafile } = await build({
      // Resolved where @inferway/core is a dependency; from its build, as a user gets it.
      stdin: { contents: source, resolveDir: 'packages/wire' },
      bundle: true,
      minify: true,
      treeShaking: true,
      write: false,
      splitting: true,
      metafile: true,
      outdir: 'out',
      format: 'esm',
      platform: 'node',
      target: 'node22',
      conditions: [],
      logLevel: 'error',
    });
    const atOnce = loadedAtOnce(metafile.outputs);
    const of = (wanted: boolean): readonly Uint8Array[] =>
      outputFiles
        .filter(({ path }) => atOnce.has(basename(path)) === wanted)
        .map(({ contents }) => contents);
    return {
      what,
      minified: sum(of(true)),
      gzip: gzipped(of(true)),
      later: gzipped(of(false)),
      budget,
    };
  }),
);

function sum(files: readonly Uint8Array[]): number {
  return files.reduce((bytes, file) => bytes + file.byteLength, 0);
}

function gzipped(files: readonly Uint8Array[]): number {
  return sum(files.map((file) => gzipSync(file, { level: 9 })));
}

/** The entry, and what it imports by statements. */
function loadedAtOnce(outputs: Metafile['outputs']): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(basename(path))) return;
    loaded.add(basename(path));
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) load(imported);
    }
  };
  const entry = Object.keys(outputs).find((path) => basename(path) === 'stdin.js');
  if (entry === undefined) throw new Error('esbuild gave no entry.');
  load(entry);
  return loaded;
}

console.log(
  '| what | minified | min + gzip | budget | | on first use |\n|---|---|---|---|---|---|',
);
for (const { what, minified, gzip, budget, later } of rows) {
  const verdict = gzip <= budget ? 'ok' : 'OVER';
  const cells = [
    what,
    kilobytes(minified),
    kilobytes(gzip),
    kilobytes(budget),
    verdict,
    kilobytes(later),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
process.exitCode = rows.every(({ gzip, budget }) => gzip <= budget) ? 0 : 1;
