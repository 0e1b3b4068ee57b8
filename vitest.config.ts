import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// Workspace packages are read from their sources, so that a test needs no build.
// `module` is for bundlers: what some packages (OpenTelemetry 1.9) have there, Node cannot load.
const conditions = [
  'inferway-source',
  ...defaultServerConditions.filter((condition) => condition !== 'module'),
];

const root = dirname(fileURLToPath(import.meta.url));
const nameOf = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { name: string }).name;

const packages = globSync(
  ['packages/*/package.json', 'packages/{providers,stores}/*/package.json', 'apps/*/package.json'],
  { cwd: root },
)
  .sort()
  .map((manifest) => ({
    extends: true as const,
    root: `${root}/${dirname(manifest)}`,
    test: { name: nameOf(`${root}/${manifest}`) },
  }));

// @inferway/otel against the oldest OpenTelemetry it supports.
const olderTelemetry = {
  extends: true as const,
  root: `${root}/packages/otel/sdk-2`,
  resolve: {
    conditions,
    alias: {
      '@opentelemetry/api': `${root}/packages/otel/sdk-2/node_modules/@opentelemetry/api/build/src/index.js`,
    },
  },
  test: { name: '@inferway/otel-sdk-2', include: ['*.test.ts'] },
};

const tooling = {
  extends: true as const,
  root: `${root}/tooling`,
  test: { name: 'tooling', include: ['*.test.ts'] },
};

// CI reads its closing line from this report.
const report = process.env['INFERWAY_TEST_REPORT'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [...packages, olderTelemetry, tooling],
    include: ['{src,test}/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 15_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    coverage: { include: ['packages/**/src/**/*.ts', 'apps/*/src/**/*.ts'] },
  },
});
