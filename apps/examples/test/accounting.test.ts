import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { withService } from '@inferway/conformance';
import { describe, expect, it } from 'vitest';
import { workspace } from './workspace.js';

/** Runs the program as its reader would, at a scale for every commit. */
async function accounting(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = spawn(
    process.execPath,
    [
      '--conditions=inferway-source',
      '--import',
      join(workspace, 'tooling/run-sources.mjs'),
      join(workspace, 'apps/examples/accounting/main.ts'),
      ...args,
    ],
    { cwd: workspace },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** The figures of a line of its table. */
function figure(table: string, what: string): string {
  const line = table.split('\n').find((one) => one.includes(what));
  return line?.slice(line.indexOf(what) + what.length).trim() ?? 'no such line';
}

const runner = { describe, it };
const redis = { name: 'Redis', variable: 'REDIS_URL', url: 'redis://127.0.0.1:6379', runner };
const postgres = {
  name: 'Postgres',
  variable: 'DATABASE_URL',
  url: 'postgres://postgres@127.0.0.1:5432/postgres',
  runner,
};

let isRedisThere = false;
await withService(redis, () => {
  isRedisThere = true;
});
if (isRedisThere) {
  await withService(postgres, () => {
    describe('the books of four processes, one killed, both stores frozen', () => {
      it(
        'hold A1 to A8: nothing lost, nothing doubled, no budget and no limit exceeded, nothing of another tenant',
        { timeout: 120_000 },
        async () => {
          const { code, stdout, stderr } = await accounting('1500', '400', '4', '1');
          process.stdout.write(stdout);
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
          expect(figure(stdout, 'and replaced)')).toBe('4 (1)');
          expect(Number(figure(stdout, '(provider: simulated)'))).toBeGreaterThan(1000);
          expect(Number(figure(stdout, 'noticed by a worker'))).toBeGreaterThan(0);
          expect(Number(figure(stdout, ' answered '))).toBeGreaterThan(300);
          expect(figure(stdout, 'lost, doubled')).toBe('0, 0');
          expect(figure(stdout, 'overshoot of spent and reserved')).toBe('0');
          expect(figure(stdout, 'held after the drain')).toBe('$0, 0');
          expect(figure(stdout, 'store alone, over the limit')).toMatch(/, 0$/u);
          expect(figure(stdout, 'answers of another tenant')).toBe('0, 0');
        },
      );

      it(
        'hold where Redis forgot everything in between, with budgets set from the ledger (F69)',
        { timeout: 120_000 },
        async () => {
          const { code, stdout, stderr } = await accounting('1200', '400', '4', '2', 'emptied');
          process.stdout.write(stdout);
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
          expect(figure(stdout, 'lost, doubled')).toBe('0, 0');
          expect(figure(stdout, 'overshoot of spent and reserved')).toBe('0');
          expect(figure(stdout, 'held after the drain')).toBe('$0, 0');
        },
      );
    });
  });
}
