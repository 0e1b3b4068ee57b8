import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** DESIGN's budgets for what core adds to a program, minified and gzipped, in bytes. */
const measured = [
  {
    what: 'contract, chain, client',
    source: `export { createClient, pipeline } from '@inferway/core';`,
    budget: 8 * 1024,
  },
  {
    what: 'core with all middleware',
    source: `export * from '@inferway/core'; export * from '@inferway/core/middleware';`,
    budget: 25 * 1024,
  },
] as const;

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(2)} kB`;

const rows = await Promise.all(
  measured.map(async ({ what, source, budget }) => {
    const { outputFiles } = await build({
      // Resolved where @inferway/core is a dependency; from its build, as a user gets it.
      stdin: { contents: source, resolveDir: 'packages/wire' },
      bundle: true,
      minify: true,
      treeShaking: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      conditions: [],
      logLevel: 'error',
    });
    const code = outputFiles[0]?.contents ?? new Uint8Array();
    const gzip = gzipSync(code, { level: 9 }).byteLength;
    return { what, minified: code.byteLength, gzip, budget };
  }),
);

console.log('| what | minified | min + gzip | budget | |\n|---|---|---|---|---|');
for (const { what, minified, gzip, budget } of rows) {
  const verdict = gzip <= budget ? 'ok' : 'OVER';
  const cells = [what, kilobytes(minified), kilobytes(gzip), kilobytes(budget), verdict];
  console.log(`| ${cells.join(' | ')} |`);
}
process.exitCode = rows.every(({ gzip, budget }) => gzip <= budget) ? 0 : 1;
