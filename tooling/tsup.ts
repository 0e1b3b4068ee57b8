import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

type Manifest = { exports?: Record<string, unknown>; bin?: Record<string, string> };

/**
 * One build for every package: each `inferway-source` path in the package's exports map, and each bin, is an entry, and
 * lands in `dist/` under the path it has in `src/`. Declarations come from `tsc`, because tsup's own need a compiler API
 * that TypeScript 7 does not have.
 */
export function library(): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const sources = Object.values(manifest.exports ?? {}).flatMap((target) => {
    const source = (target as Record<string, string> | null)?.['inferway-source'];
    return source === undefined ? [] : [source];
  });
  const bins = Object.values(manifest.bin ?? {}).map((path) =>
    path.replace(/^(\.\/)?dist\//, './src/').replace(/\.js$/, '.ts'),
  );
  const main = existsSync('src/main.ts') ? ['./src/main.ts'] : [];
  const paths = [...new Set([...sources, ...bins, ...main])];
  return defineConfig({
    entry: Object.fromEntries(paths.map((path) => [path.replace(/^\.\/src\/|\.ts$/g, ''), path])),
    format: 'esm',
    target: 'node22',
    platform: 'node',
    splitting: true,
    // What is built is not minified and reads as it is; maps would be a third of an install, which is to stay within 5 MB.
    sourcemap: false,
    clean: true,
    // node:sqlite is found under no other name.
    removeNodeProtocol: false,
    dts: false,
    silent: true,
  });
}
