// Runs one example: npx -y pnpm@12 example <name>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { missingKeys, startWorld } from './world.js';

const folder = join(import.meta.dirname, '..');
const names = globSync('*/main.ts', { cwd: folder })
  .map((path) => basename(dirname(path)))
  .filter((name) => name !== basename(import.meta.dirname))
  .sort();

const [name = '', ...args] = process.argv.slice(2);
if (names.includes(name)) {
  const world = await startWorld();
  try {
    const missing = missingKeys(process.env);
    if (missing.length > 0) {
      console.error(`(simulated where no key is set: ${missing.join(', ')})\n`);
    }
    // The same flags: this process too runs from sources.
    const program = spawn(
      process.execPath,
      [...process.execArgv, join(folder, name, 'main.ts'), ...args],
      { stdio: 'inherit', env: world.environment(process.env) },
    );
    const [code] = (await once(program, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await world.close();
  }
} else {
  console.error(`Give the name of an example: ${names.join(', ')}`);
  process.exitCode = 1;
}
