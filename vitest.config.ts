import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// Workspace packages are read from their sources, so that a test needs no build.
const conditions = ['inferway-source', ...defaultServerConditions];

const projects = globSync([
  'packages/*/package.json',
  'packages/{providers,stores}/*/package.json',
  'apps/*/package.json',
])
  .sort()
  .map((manifest) => ({
    extends: true as const,
    root: dirname(manifest),
    test: { name: (JSON.parse(readFileSync(manifest, 'utf8')) as { name: string }).name },
  }));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      ...projects,
      { extends: true, root: 'tooling', test: { name: 'tooling' } },
    ],
    include: ['{src,test}/**/*.test.ts', '*.test.{ts,mjs}'],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 15_000,
    passWithNoTests: true,
  },
});
