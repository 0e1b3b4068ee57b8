import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const HOOK = fileURLToPath(new URL('../../../tooling/run-sources.mjs', import.meta.url));

/** Runs a file with the pinned Node and nothing else. */
function run(file: string): Promise<{ code: number; printed: string }> {
  const path = fileURLToPath(new URL(`native/${file}`, import.meta.url));
  const { VITEST: _vitest, NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=inferway-source', '--import', HOOK, '--test-reporter=tap', path],
      { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
      (error, printed) => resolve({ code: Number(error?.code ?? 0), printed }),
    );
  });
}

it('runs under plain node:test, and its process ends', { timeout: 90_000 }, async () => {
  const { code, printed } = await run('good.ts');
  expect(printed).toMatch(/^# fail 0$/mu);
  expect(Number(/^# tests (\d+)$/mu.exec(printed)?.[1])).toBeGreaterThan(150);
  expect(code).toBe(0);
});

it(
  'under plain node:test, too, a failure is a failure, by its name',
  { timeout: 90_000 },
  async () => {
    const { code, printed } = await run('bad.ts');
    expect(code).toBe(1);
    expect(printed).toMatch(/not ok \d+ - F38: an abort between two events/u);
    expect(printed).toContain('left alone');
    expect(printed).toMatch(/^ +ok \d+ - a unary answer$/mu);
  },
);
