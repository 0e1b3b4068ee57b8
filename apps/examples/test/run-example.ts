import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { World } from '../run/world.js';
import { workspace } from './workspace.js';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example as its reader would, in a process of its own, against `world` whatever keys this machine has. */
export async function runExample(
  world: World,
  name: string,
  args: readonly string[] = [],
): Promise<Ran> {
  const program = spawn(
    process.execPath,
    [
      '--conditions=inferway-source',
      '--import',
      join(workspace, 'tooling/run-sources.mjs'),
      join(workspace, 'apps/examples', name, 'main.ts'),
      ...args,
    ],
    { cwd: workspace, env: world.environment({ PATH: process.env['PATH'] }) },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
